import { startDeadline } from '../async/deadline.ts';
import { inParallel } from '../async/in-parallel.ts';
import type { Call } from '../call/call.ts';
import { callerId } from '../call/caller.ts';
import type { Describer } from '../catalog/catalog.ts';
import type { ImagePart } from '../chat/request.ts';
import {
  type ErrorKind,
  forCaller,
  GatewayError,
  isRefusal,
  logFields,
  type Refusal,
  refuse,
  toGatewayError,
} from '../errors.ts';
import { createMediaBudget, type MediaBudget } from '../media/budget.ts';
import type { Remembered } from '../remember/memory.ts';
import { imagesOf } from '../transforms/put-into-words.ts';
import type { Words, WordsForImages } from '../transforms/words.ts';
import { describe, isImagesFault } from './describe.ts';
import { variantDigest } from './fingerprint.ts';
import type { Description, VisionPorts } from './ports.ts';
import { lastQuestion, PROMPT_VERSION } from './prompt.ts';

/** The words for a request's images, and where they came from, for the caller: `hits=2,misses=1`. */
export interface Described {
  words: WordsForImages;
  summary: string;
}

interface ImagesTask {
  call: Call;
  describers: readonly Describer[];
  question: string;
  /** What may still be fetched for this request. */
  budget: MediaBudget;
}

/**
 * Describes every image of a request, for models that do not see. The same image is described once; all at the same time,
 * within bounds. An image that cannot be described ends the request, unless the owner wants the answer to do without it.
 */
export async function describeImages(
  call: Call,
  describers: readonly Describer[],
  ports: VisionPorts,
): Promise<Described> {
  const { vision } = ports.config;
  const { messages } = call.request();
  const images = imagesOf(messages);
  if (images.length > vision.maxImages) throw tooMany(images, vision.maxImages);
  // A description that other callers use too must not depend on what this one asked.
  const question = vision.cache.shared ? '' : lastQuestion(messages);
  const budget = createMediaBudget(ports.config.media, ports.time);
  const task: ImagesTask = { call, describers, question, budget };

  const different = new Map(images.toReversed().map((image) => [sameness(image), image]));
  const found = await inParallel([...different.values()], vision.atOnce, (image) => wordsFor(image, task, ports));
  call.after(ports.descriptions.flush);
  if (isRefusal(found)) throw found.refusal;
  const words = new Map([...different.keys()].map((key, index) => [key, found[index]!]));
  return { words: (image) => words.get(sameness(image))!, summary: summaryOf(found) };
}

/** Key for identical image sources of one request. Different sources with equal bytes share a description later. */
const sameness = ({ source, detail = '' }: ImagePart): string => {
  const where = source.type === 'data' ? source.data : source.type === 'url' ? source.url : source.id;
  return `${source.type} ${detail} ${where}`;
};

type Seen = Words & { from?: Remembered<Description>['from'] };

async function wordsFor(image: ImagePart, task: ImagesTask, ports: VisionPorts): Promise<Seen | Refusal> {
  try {
    const { value, from } = await findOrDescribe(image, task, ports);
    return { type: 'described', ...value, from };
  } catch (thrown) {
    const { signal, id } = task.call;
    if (signal.aborted) return refuse(toGatewayError(signal.reason));
    const error = toGatewayError(thrown);
    ports.descriptions.failed();
    if (error.kind === 'internal') return refuse(error);
    if (ports.config.vision.onFailure === 'refuse') return refuse(failureOf(error, image));
    ports.log.warn('an image could not be described', { requestId: id, ...logFields(error) });
    return { type: 'unreadable' };
  }
}

async function findOrDescribe(
  image: ImagePart,
  task: ImagesTask,
  ports: VisionPorts,
): Promise<Remembered<Description>> {
  const { images, descriptions, config, time } = ports;
  const { call } = task;
  const { signal, after, account } = call;
  const variant = variantOf(image, task, ports);
  const recognized = await images.recognize(image, signal, task.budget);
  const known =
    recognized === undefined ? undefined : await descriptions.find({ subject: recognized, variant }, signal);
  if (known) return known;
  const loaded = await images.load(image, signal, task.budget);
  const make = async (shared: AbortSignal): Promise<Description> => {
    // Other requests may wait for it too: it ends with its own time, not with that of the request that began it.
    const ms = config.vision.timeoutMs;
    const error = (): GatewayError => new GatewayError('timeout', `The image was not described within ${ms / 1000} s.`);
    const deadline = startDeadline({ parent: shared, ms, error }, time);
    try {
      return await describe({ ...task, image, loaded, signal: deadline.signal }, ports);
    } finally {
      deadline.clear();
    }
  };
  return descriptions.obtain({ subject: loaded.digest, variant }, { signal, after, make, begun: account.pending });
}

function variantOf({ detail = 'auto' }: ImagePart, { call, describers }: ImagesTask, { config }: VisionPorts): string {
  return variantDigest({
    tenant: config.vision.cache.shared ? '' : callerId(call.caller),
    describers: describers.flatMap(({ targets }) => targets.map(({ provider, model }) => `${provider.name}/${model}`)),
    promptVersion: PROMPT_VERSION,
    detail,
  });
}

const passedOn: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['timeout', 'rate_limited', 'upstream_auth']);

/** An image at fault is the caller's to mend, by the path it stands at; all else is the vision model's failure. */
function failureOf(error: GatewayError, { at }: ImagePart): GatewayError {
  const { kind, code, retryAfter, message: said, cause } = forCaller(error);
  const quote = error.quote && {};
  if (isImagesFault(error)) {
    return new GatewayError('invalid_request', said, { param: at, code: code ?? 'invalid_image', quote, cause });
  }
  const message = `An image could not be described for this model: ${said}`;
  return new GatewayError(passedOn.has(kind) ? kind : 'upstream', message, { code, retryAfter, cause });
}

function tooMany(images: readonly ImagePart[], most: number): GatewayError {
  const message = `Too many images: ${images.length}, and ${most} is the most that can be described for one request.`;
  return new GatewayError('invalid_request', message, { param: images[most]?.at, code: 'too_many_images' });
}

function summaryOf(seen: readonly Seen[]): string {
  const made = seen.filter(({ from }) => from === 'made').length;
  const failed = seen.filter(({ type }) => type === 'unreadable').length;
  const hits = seen.length - made - failed;
  return `hits=${hits},misses=${made}${failed === 0 ? '' : `,errors=${failed}`}`;
}
