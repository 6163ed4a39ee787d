import { startDeadline } from '../async/deadline.ts';
import { inParallel } from '../async/in-parallel.ts';
import type { Delegate } from '../catalog/catalog.ts';
import type { ChatRequest, ImagePart } from '../chat/request.ts';
import { GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { contextOf, type Opening } from '../gateway/opening.ts';
import type { Parts } from '../gateway/parts.ts';
import type { Found } from '../remember/memory.ts';
import { describe, isImagesFault } from './describe.ts';
import { imagesOf, type Words, withWords } from './describe-images.ts';
import { variantDigest } from './fingerprint.ts';
import { lastQuestion, PROMPT_VERSION } from './prompt.ts';
import { openVisionBooks, type VisionBooks } from './vision-books.ts';

/** A request whose images are words, and where the words came from, for the caller: `hits=2,misses=1`. */
export interface Described {
  request: ChatRequest;
  told: string;
}

interface Looking {
  opening: Opening;
  signal: AbortSignal;
  parts: Parts;
  delegates: readonly Delegate[];
  question: string;
  books: VisionBooks;
}

/**
 * Puts words in the place of every image, for models that cannot see. The same image is described once; all at the same time,
 * within bounds. What cannot be described ends the request, unless the owner wants the answer to do without.
 */
export async function describeImages(
  request: ChatRequest,
  delegates: readonly Delegate[],
  { opening, signal, parts }: Pick<Looking, 'opening' | 'signal' | 'parts'>,
): Promise<Described> {
  const { vision } = parts.catalog.config;
  const images = imagesOf(request.messages);
  if (images.length > vision.maxImages) throw tooMany(images, vision.maxImages);
  // What one caller asked must not colour what another one reads.
  const question = vision.cache.shared ? '' : lastQuestion(request.messages);
  const looking: Looking = { opening, signal, parts, delegates, question, books: openVisionBooks(opening, parts) };

  const different = new Map(images.toReversed().map((image) => [sameness(image), image]));
  const found = await inParallel([...different.values()], vision.atOnce, (image) => lookAt(image, looking));
  opening.run.after(parts.descriptions.flush);
  if (isRefusal(found)) throw found.refusal;
  const words = new Map([...different.keys()].map((key, index) => [key, found[index]!]));
  const messages = withWords(request.messages, (image) => words.get(sameness(image))!);
  return { request: { ...request, messages }, told: tell(found) };
}

/** Equal for images that are sent alike; those that only turn out to be alike share their description all the same. */
const sameness = ({ source, detail = '' }: ImagePart): string => {
  const where = source.type === 'data' ? source.data : source.type === 'url' ? source.url : source.id;
  return `${source.type} ${detail} ${where}`;
};

type Seen = Words & { from?: Found['from'] };

async function lookAt(image: ImagePart, looking: Looking): Promise<Seen | Refusal> {
  const { parts, signal } = looking;
  try {
    const { text, isCut, from } = await findOrDescribe(image, looking);
    return { type: 'described', text, isCut, from };
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (signal.aborted) return refuse(toGatewayError(signal.reason));
    parts.descriptions.failed();
    if (error.kind === 'internal') return refuse(error);
    if (parts.catalog.config.vision.onFailure === 'refuse') return refuse(failureOf(error, image));
    const { requestId } = looking.opening;
    parts.log.warn('an image could not be described', { requestId, kind: error.kind, reason: error.message });
    return { type: 'unreadable' };
  }
}

async function findOrDescribe(image: ImagePart, looking: Looking): Promise<Found> {
  const { parts, opening, signal, delegates, question, books } = looking;
  const { images, descriptions, catalog } = parts;
  const variant = variantOf(image, looking);
  const recognized = await images.recognize(image, signal);
  const known = recognized === undefined ? undefined : await descriptions.find({ image: recognized, variant }, signal);
  if (known) return known;
  const loaded = await images.load(image, signal);
  return descriptions.obtain(
    { image: loaded.digest, variant },
    {
      signal,
      after: opening.run.after,
      async make(shared) {
        // Others may wait for it too: it ends with its own time, not with that of the request that began it.
        const run = { deadline: Number.POSITIVE_INFINITY, signal: shared, after: opening.run.after };
        const deadline = startDeadline(run, catalog.config.vision.timeoutMs, parts.now());
        const exchange = { context: contextOf(opening, ''), signal: deadline.signal, parts };
        try {
          return await describe({ image, loaded, question, delegates, exchange, openBooks: books.open });
        } finally {
          deadline.clear();
        }
      },
    },
  );
}

function variantOf({ detail = 'auto' }: ImagePart, { opening, parts, delegates }: Looking): string {
  const { caller } = opening;
  const own = caller.type === 'master' ? 'master' : caller.id;
  return variantDigest({
    tenant: parts.catalog.config.vision.cache.shared ? '' : own,
    delegates: delegates.flatMap(({ targets }) => targets.map(({ provider, model }) => `${provider.name}/${model}`)),
    promptVersion: PROMPT_VERSION,
    detail,
  });
}

/** The image's own fault is the caller's to mend, by the path it stands at; all else is the vision model's failure. */
function failureOf(error: GatewayError, { at }: ImagePart): GatewayError {
  const { kind, code, retryAfter, cause } = error;
  if (isImagesFault(error)) {
    return new GatewayError('invalid_request', error.message, { param: at, code: code ?? 'invalid_image', cause });
  }
  const message = `An image could not be described for this model: ${error.message}`;
  const told = kind === 'timeout' || kind === 'rate_limited' || kind === 'upstream_auth' ? kind : 'upstream';
  return new GatewayError(told, message, { code, retryAfter, cause });
}

function tooMany(images: readonly ImagePart[], most: number): GatewayError {
  const message = `Too many images: ${images.length}, and ${most} is the most that can be described for one request.`;
  return new GatewayError('invalid_request', message, { param: images[most]?.at, code: 'too_many_images' });
}

function tell(seen: readonly Seen[]): string {
  const made = seen.filter(({ from }) => from === 'made').length;
  const failed = seen.filter(({ type }) => type === 'unreadable').length;
  const hits = seen.length - made - failed;
  return `hits=${hits},misses=${made}${failed === 0 ? '' : `,errors=${failed}`}`;
}
