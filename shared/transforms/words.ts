import type { ImagePart } from '../chat/request.ts';

/** The text that takes an image's place: its description, or that there is none. */
export type Words = { type: 'described'; text: string; isCut: boolean } | { type: 'unreadable' };

/** The words that take each image's place. */
export type WordsForImages = (image: ImagePart) => Words;
