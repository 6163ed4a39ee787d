/** A picture of usual size, or a sound: how many tokens its bytes are says nothing. */
export const MEDIA_TOKENS = 1_500;
/** A page of a document has about this many characters of base64. */
const PAGE_CHARACTERS = 75_000;
const PAGE_TOKENS = 2_000;

/** An object that a string stands in. */
interface Parent {
  value: object;
  /** The name that the object stands at. */
  name: string;
}

/** Where an address of media may be written out as a data URL. */
const urlNames: ReadonlySet<string> = new Set(
  ['url image_url video_url audio_url file_url file_data', 'image images image_base64 video audio'].flatMap((line) =>
    line.split(' '),
  ),
);
/** Objects whose `data` is media. */
const dataNames: ReadonlySet<string> = new Set(['input_audio', 'inlineData', 'inline_data']);
/** What a vendor wrote for itself, enciphered, about the thinking of an earlier turn. */
const sealedNames: ReadonlySet<string> = new Set([
  'signature',
  'encrypted_content',
  'thought_signature',
  'thoughtSignature',
]);

const dataUrl = /^data:([\w.+-]{1,100}\/[\w.+-]{1,100});base64,/;

/** Tokens of a string as media; undefined where it stands at a place for text, or is no media. */
export function mediaTokens(text: string, name: string, parent: Parent | undefined): number | undefined {
  if (urlNames.has(name)) {
    const type = dataUrl.exec(text)?.[1];
    return type === undefined ? undefined : tokensOf(type, text.length);
  }
  if (name === 'data' && parent) {
    const { type, media_type: media } = parent.value as Record<string, unknown>;
    if (type === 'base64') return tokensOf(typeof media === 'string' ? media : '', text.length);
    if (dataNames.has(parent.name)) return MEDIA_TOKENS;
    return type === 'redacted_thinking' ? sealed(text) : undefined;
  }
  if (name === 'result' && parent && 'type' in parent.value && parent.value.type === 'image_generation_call')
    return MEDIA_TOKENS;
  return sealedNames.has(name) ? sealed(text) : undefined;
}

const sealed = (text: string): number => Math.min(MEDIA_TOKENS, Math.ceil(text.length / 4));

/** Texts in base64 are read as texts, documents page by page. */
function tokensOf(type: string, length: number): number {
  if (/^(?:image|audio|video)\//.test(type)) return MEDIA_TOKENS;
  if (/^text\/|[/+](?:json|xml)$/.test(type)) return Math.ceil((length * 3) / 16);
  return Math.max(MEDIA_TOKENS, Math.ceil(length / PAGE_CHARACTERS) * PAGE_TOKENS);
}
