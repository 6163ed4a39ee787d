import type { ChatEvent } from '../chat/events.ts';
import type { ChatReply } from '../chat/reply.ts';
import type { ChatRequest, HostedTool } from '../chat/request.ts';
import type { Usage } from '../chat/usage.ts';
import type { GatewayError } from '../errors.ts';
import type { JsonBody, JsonObject } from '../http/json.ts';
import type { Edits } from '../http/json-members.ts';
import type { Headers } from '../http/message.ts';
import type { Framer, SseEvent } from '../http/sse.ts';
import type { EmbeddingsReply, EmbeddingsRequest } from '../vectors/embeddings.ts';
import type { RateReport } from './rates.ts';
import type { Traits } from './traits.ts';

/**
 * What the plan, the record and the transforms need to know of a request before it is read in full. A dialect's own glance
 * extends it with what only that dialect's short road and stream writer read.
 */
export interface Glance {
  model: string;
  stream: boolean;
  maxTokens?: number;
  hasImages: boolean;
  hasTools: boolean;
  /** It asks for what only a provider of its own dialect can do; why it is refused where its bytes cannot pass. */
  onlyPasses?: GatewayError;
  /** Id of an answer that a provider has kept, from which it goes on. */
  goesOnFrom?: string;
  /** Its answer is made in the background: what it uses is known when that is read. */
  isLater?: boolean;
}

/** Where a request was sent: some dialects name the model, or ask for a stream, in the path. */
export interface RequestUrl {
  path: string;
  /** Without the question mark. */
  query: string;
}

/** What a reader or writer may need from outside, given once: they have no clock and no random numbers of their own. */
export interface DialectContext {
  /** Letters and digits, unique to this request: what ids are made of where the provider gives none. */
  id: string;
  /** Model for the answer where the provider names none. */
  model: string;
  /** Epoch seconds. */
  now: number;
  /** Tokens of the request, roughly: for dialects whose streams begin with that number, until the provider's count comes. */
  inputEstimate?: number;
  /** The caller's body as parsed: for dialects whose answers say again what was asked. */
  request?: JsonObject;
}

/** The first and the last piece of a stream that the caller was sent; each is one whole event or several. */
export interface WrittenSoFar {
  first: Uint8Array;
  last: Uint8Array;
}

/** Step machine over a provider's stream. `read` throws a `GatewayError` for an event it cannot make sense of. */
export interface StreamReader {
  read(event: SseEvent): ChatEvent[];
  /** After the last byte: what was held back, or an `error` where the stream broke off. */
  end(): ChatEvent[];
  /** Where the stream stands; `open` until its last byte where the reader cannot say. */
  state?(): StreamState;
}

/**
 * `ending`: every answer has its reason to stop, and only counts may follow; a break there is no error. `over`: the dialect's
 * last event was read, and nothing that follows is looked at.
 */
export type StreamState = 'open' | 'ending' | 'over';

/** Step machine that writes a caller's stream as text; `end` follows a stream that ended well, never an error. */
export interface StreamWriter {
  write(event: ChatEvent): string;
  end(): string;
}

/**
 * A wire format as callers speak it. `Own` is the dialect's own glance: `glance` makes it, `streamWriter` and the dialect's
 * short road get it back, all others see a `Glance`.
 */
export interface ClientDialect<Own extends Glance = Glance> {
  name: string;
  /** Checks the shape of the fields it knows; unknown fields pass. Throws `invalid_request` naming the field. */
  glance(body: JsonObject, url?: RequestUrl): Own;
  readRequest(body: JsonObject, url?: RequestUrl): ChatRequest;
  writeReply(reply: ChatReply, context: DialectContext): JsonObject;
  streamWriter(glance: Own, context: DialectContext): StreamWriter;
  /** The whole body of an error answer. */
  writeError(error: GatewayError, requestId: string): JsonObject;
  /** The status its vendor answers with. */
  errorStatus(error: GatewayError): number;
  /**
   * The error as the last event of a stream that has begun. `written` is there once the answer has begun, for dialects whose
   * events are numbered.
   */
  errorEvent(error: GatewayError, requestId: string, written?: WrittenSoFar): string;
  /** What may be written into a silent stream at any place between events. */
  keepAlive: string;
  /** Its clients take a comment within a stream for content. */
  takesNoComments?: boolean;
  /** The content type of its streams, where they are no server-sent events. */
  streamType?: string;
  /** The dialect in the form that an address asks for, where there are several. */
  at?(url: RequestUrl): ClientDialect<Own>;
  /** What must be set at the top level of a request so that its answer has at most so many tokens. */
  boundTokens(body: JsonObject, most: number): JsonObject;
  /** The vendor's headers for what remains of the caller's limits. `now` is in epoch milliseconds. */
  rateHeaders(rates: RateReport, now: number): Record<string, string>;
  /** Its clients first try a WebSocket at the path of conversations, with a GET, and use HTTP once that is refused with 426. */
  triesSocket?: boolean;
  /** Tokens of a request, roughly, for `DialectContext.inputEstimate`; only of dialects whose streams begin with them. */
  estimateInput?(body: JsonObject): number;
}

/** A request as the provider wants it. */
export interface ProviderRequest {
  headers: Record<string, string>;
  body: Uint8Array;
  /** Names of request fields (in the hub's or the caller's words) that this dialect or this provider does not take. */
  dropped: string[];
  /** Names and schemas that had to be changed on the way out, for the way back. */
  memo?: TranslationMemo;
}

/** What one request's translation must remember to undo itself in the answer. */
export interface TranslationMemo {
  /** Tool names as sent → as the caller knows them, where they differ. */
  toolNames?: ReadonlyMap<string, string>;
  /** The forced tool that stands in for a JSON schema: its arguments are the answer's text. */
  formatTool?: string;
  /** Tools of free text, by the name they were sent under: they went as functions with one argument, `input`. */
  customTools?: ReadonlySet<string>;
  /** The web was to be searched: what the answer cites was found so. */
  searched?: boolean;
  /** The traits of the provider that was asked, where its replies are read by configuration. */
  traits?: Traits;
  /** Bytes of text that were sent, for a provider that counts no tokens. */
  sentBytes?: number;
}

/** Where a request goes: the provider's id of the model and the provider's traits. */
export interface DialectTarget {
  model: string;
  traits: Traits;
}

/** A wire format as providers speak it. */
export interface ProviderDialect {
  name: string;
  /** Path under the base URL, query included. */
  path(request: { model: string; stream: boolean }): string;
  writeRequest(request: ChatRequest, target: DialectTarget): ProviderRequest;
  /** Whether the target runs such a tool, beside what else the request asks for; none does unless said. */
  takesHosted?(tool: HostedTool, request: ChatRequest, target: DialectTarget): boolean;
  /** Whether the target takes a tool or an item that only this dialect knows; it does unless said. */
  takesOwn?(fields: JsonObject, target: DialectTarget): boolean;
  /** Throws a `GatewayError` where the reply is an error in disguise or makes no sense. */
  readReply(body: JsonObject, context: ReadContext): ChatReply;
  /** What a whole reply says it used, also where it is an error in disguise; nothing where it says nothing. */
  usageOf?(body: JsonObject): Usage | undefined;
  streamReader(context: ReadContext): StreamReader;
  /** How a stream is cut into events: server-sent events unless said. */
  framer?: (mostEventBytes?: number) => Framer;
  /** What a refused request's body says; never the body itself. */
  readError(status: number, body: unknown, headers: Headers): GatewayError;
  /**
   * Which addresses of images and files it fetches by itself: all of them unless said. The others are fetched by the gateway
   * and put in as bytes.
   */
  takesUrls?: RegExp;
  /** The short road, for dialects that callers speak too. */
  short?: ShortRoad;
  /** How its providers are asked for vectors; absent where they make none. */
  embeddings?: EmbeddingsDialect;
  /** The answers that its providers keep. */
  kept?: KeptDialect;
  /** How its providers count the tokens of a conversation; absent where they cannot, or do so on the short road alone. */
  counting?: CountingDialect;
  /** Operations that its providers take in the shape callers send, by name: their bytes pass. */
  operations?: Readonly<Record<string, Operation>>;
}

/** How a provider is asked for an answer that it keeps. */
export interface KeptDialect {
  /** Path under the base URL: of the answer, or of a part of it. */
  path(id: string, part?: string): string;
  /** What it used; nothing as long as it is being made, or where it does not say. */
  usageOf(body: JsonObject): Usage | undefined;
}

/** An operation whose request and reply are passed and not translated. */
export interface Operation {
  /**
   * Path under the base URL; `chatPath` is the one that the provider's configuration gives for conversations. Undefined where
   * that leaves none.
   */
  path(chatPath: string | undefined): string | undefined;
  /** What its reply reports to have used; nothing where it reports none. */
  usageOf(reply: JsonObject): Usage | undefined;
  /** Where replies may be other than a JSON object; they pass as they come. */
  open?: OpenReplies;
}

/** Replies that may be media, a text, a JSON object or a stream of events. */
export interface OpenReplies {
  /** What their bytes are where they are neither JSON nor events. */
  holds: 'text' | 'media';
  /** What a JSON reply says or shows, for an estimate where it reports no usage. */
  contentOf(reply: JsonObject): ChatEvent[];
  /** What a reply to this request most likely holds that is too large to be read. */
  unread(request: JsonObject): ChatEvent[];
  streamReader(): StreamReader;
}

/** What a reader of answers knows besides: how its own request was changed. */
export type ReadContext = DialectContext & { memo?: TranslationMemo };

/**
 * The road on which bytes pass: whether they may, and what must be changed at their top level. It is taken only where the
 * caller speaks the same dialect, so that the glance is the dialect's own.
 */
export interface ShortRoad<Own extends Glance = Glance> {
  /** Request headers of the caller that go to the provider unchanged; `x-a-*` are all whose names begin so. */
  forwards: readonly string[];
  /** Those that go too unless the provider's configuration says them: what its owner chose there holds. */
  suggests?: readonly string[];
  /** Path under the base URL where its providers count the tokens of a model. */
  countPath?(model: string): string;
  /** False where the provider's traits, or what is known of its model, ask for a change inside the conversation. */
  mayPass(glance: Own, traits: Traits, model?: string): boolean;
  edit(body: JsonBody, glance: Own, target: DialectTarget): ShortRoadEdits;
  /** An event that holds token counts and nothing else: hidden where only we asked for it. */
  isOnlyUsage(event: SseEvent): boolean;
  /** Whether the provider keeps this answer, to be asked for by its id. */
  keeps?(glance: Own, traits: Traits): boolean;
  /** The last event of a stream, for a provider that finished its answer and left it out. */
  lastEvent?: string;
}

export interface ShortRoadEdits {
  edits: Edits;
  headers: Record<string, string>;
  dropped: string[];
  hidesUsage: boolean;
  /** Path under the base URL, where it is not that of conversations. */
  path?: string;
}

/** How a provider is asked how many tokens a conversation has. */
export interface CountingDialect {
  /** Paths under the base URL: the next is asked where one does not know the model, or cannot count for it. */
  paths(target: DialectTarget): readonly string[];
  /** What is sent, from what `writeRequest` wrote for the conversation itself. */
  bodyOf(written: JsonObject, target: DialectTarget): JsonObject;
  /** The count in a reply; undefined where it holds none. */
  readReply(body: JsonObject): number | undefined;
}

/** How a provider is asked for vectors: the counterpart of `ProviderDialect` for embeddings, which reads their errors too. */
export interface EmbeddingsDialect {
  /** Most inputs of one call, unless the target's traits say otherwise. */
  mostInputs(target: DialectTarget): number;
  /** Whether it takes texts that are cut into tokens already. */
  takesTokens: boolean;
  /** Path under the base URL; `chatPath` is the one that the provider's configuration gives for conversations. */
  path(call: { model: string; chatPath: string | undefined }): string;
  /** Throws `invalid_request` for a model that makes no vectors. */
  writeRequest(request: EmbeddingsRequest, target: DialectTarget): ProviderRequest;
  /** Throws a `GatewayError` where the reply does not hold `count` vectors. */
  readReply(body: JsonObject, reply: { count: number; headers: Headers }): EmbeddingsReply;
  /** The body as it came, edited at its top level only: for the dialect that callers speak too. */
  pass?(body: JsonBody, target: DialectTarget): { body: Uint8Array; dropped: string[] };
}
