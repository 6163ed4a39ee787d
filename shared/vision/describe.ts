import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { Describer, Target } from '../catalog/catalog.ts';
import type { ImagePart } from '../chat/request.ts';
import { type ErrorKind, GatewayError, isRefusal, type Refusal, toGatewayError } from '../errors.ts';
import type { LoadedImage } from '../media/load-image.ts';
import { askModel } from '../roads/ask-model.ts';
import { attemptEach, attemptsOf } from '../routing/attempt.ts';
import { type Judged, judge } from './judge.ts';
import type { Description, VisionPorts } from './ports.ts';
import { describingRequest, imageToDescribe } from './prompt.ts';

export interface DescriptionTask {
  call: Call;
  image: ImagePart;
  loaded: LoadedImage;
  /** What the caller wants to know; empty where the description is used for others too. */
  question: string;
  describers: readonly Describer[];
  /** Ends the description; other requests may wait for it as well. */
  signal: AbortSignal;
}

/** Bytes that stand for an image's tokens, where a describer does not count them: some thousand tokens. */
const IMAGE_BYTES = 4 * 1000;

/**
 * One image in words. The describers are asked in order, the next where one fails, says nothing, refuses or says too little;
 * of answers that are all too short, the longest is taken. Fails with `invalid_request` where the image itself is at fault,
 * else with the describers' failure.
 */
export async function describe(task: DescriptionTask, ports: VisionPorts): Promise<Description> {
  const failures: GatewayError[] = [];
  let best: Description | undefined;
  for (const describer of task.describers) {
    const answer = await askDescriber(task, describer, ports);
    if (isRefusal(answer)) {
      failures.push(answer.refusal);
      if (answer.refusal.kind === 'caller_left') break;
      continue;
    }
    if (answer.type === 'good') return { text: answer.text, isCut: answer.isCut };
    if (answer.type === 'short' && answer.text.length > (best?.text.length ?? 0)) best = answer;
    if (answer.type === 'refused' || answer.type === 'empty') failures.push(noDescription(answer.type));
  }
  if (best) return { text: best.text, isCut: best.isCut };
  throw failures.find(isImagesFault) ?? failures.find(({ kind }) => kind === 'rate_limited') ?? failures.at(-1);
}

async function askDescriber(
  task: DescriptionTask,
  { targets }: Describer,
  ports: VisionPorts,
): Promise<Judged | Refusal> {
  const { loaded, image, question, call, signal } = task;
  const able = targets.filter((target) => loaded.bytes <= mostBytes(target, ports));
  if (able.length === 0) return { refusal: tooLarge(loaded, targets, ports) };
  const { maxTokens } = ports.config.vision;
  const request = describingRequest(imageToDescribe(image, loaded.source), question, maxTokens);
  const { refused } = attemptsOf(call, ports.log);
  const open = (target: Target): Attempt =>
    call.account.open(target, { purpose: 'vision', signal, requestBytes: IMAGE_BYTES });
  const context = { ...call.context, model: '' };
  const ask = async (attempt: Attempt) => {
    const reply = await askModel(attempt, { ...request, model: attempt.target.model }, context, ports);
    if (isRefusal(reply)) return reply;
    attempt.meter.answered();
    attempt.meter.seeReply(reply);
    attempt.end();
    return reply;
  };
  try {
    return judge(await attemptEach(able, { ask, open, signal, refused }));
  } catch (thrown) {
    return { refusal: toGatewayError(thrown) };
  }
}

const mostBytes = ({ abilities }: Target, { config }: Pick<VisionPorts, 'config'>): number =>
  abilities.maxImageBytes ?? config.media.maxBytes;

function tooLarge({ bytes }: LoadedImage, targets: readonly Target[], ports: VisionPorts): GatewayError {
  const most = Math.max(...targets.map((target) => mostBytes(target, ports)));
  const message = `The image is too large: it has ${bytes} bytes, and ${most} is the most that the vision model takes.`;
  return new GatewayError('invalid_request', message, { code: 'image_too_large' });
}

const noDescription = (how: 'refused' | 'empty'): GatewayError =>
  new GatewayError(
    'upstream',
    how === 'refused' ? 'The vision model refused to describe the image.' : 'The vision model gave no description.',
  );

const imagesFaults: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid_request',
  'too_large',
  'unprocessable',
  'unsupported_media_type',
]);

/** Whether the image itself was refused, and not the one who should have described it. */
export const isImagesFault = ({ kind }: GatewayError): boolean => imagesFaults.has(kind);
