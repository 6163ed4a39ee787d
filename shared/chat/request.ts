/**
 * What a conversation is, in no vendor's words. Every dialect reads its requests into this and writes them from it.
 * `native` holds what the hub has no word for; only the dialect it names may write it back.
 */
export interface ChatRequest {
  model: string;
  messages: Message[];
  stream: boolean;
  /** The caller wants token counts in the stream. */
  streamUsage?: boolean;
  /** Most tokens of the answer, thinking included. */
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
  stop?: string[];
  /** How many answers; one unless said. */
  choices?: number;
  /** Log probabilities of the answer's tokens, with this many alternatives each. */
  logprobs?: { top: number };
  tools?: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  format?: AnswerFormat;
  reasoning?: Reasoning;
  /** Who asks, for the provider's abuse watch; never a name or an address. */
  endUser?: string;
  serviceTier?: string;
  /** Fields and tools of the caller's that no dialect but its own has a counterpart for, and that can be done without. */
  leftOut?: string[];
  native?: Native;
}

/** Fields of one dialect that the hub has no word for, kept for the way back into that same dialect. */
export interface Native {
  dialect: string;
  fields: Record<string, unknown>;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** Instructions; legal at any place. `role` keeps apart what OpenAI calls system and developer. */
export interface SystemMessage {
  role: 'system';
  parts: TextPart[];
  variant?: 'developer';
  name?: string;
  native?: Native;
}

export interface UserMessage {
  role: 'user';
  parts: UserPart[];
  name?: string;
  native?: Native;
}

export interface AssistantMessage {
  role: 'assistant';
  parts: AssistantPart[];
  name?: string;
  native?: Native;
}

/** Results of tool calls that stood in the assistant's message before. */
export interface ToolMessage {
  role: 'tool';
  results: ToolResult[];
}

export type UserPart = TextPart | ImagePart | AudioPart | FilePart | NativePart;
export type AssistantPart =
  | TextPart
  | RefusalPart
  | ThinkingPart
  | ToolCallPart
  | HostedCallPart
  | ImagePart
  | AudioPart
  | NativePart;
export type ResultPart = TextPart | ImagePart | FilePart | NativePart;

/** Asks the provider to remember everything up to here. */
export interface CacheMark {
  /** How long, as the vendor says it: `5m`, `1h`. */
  ttl?: string;
}

/** A vendor's proof that a part is its own, opaque to us; goes back to `issuer` and to no other vendor. */
export interface Signature {
  issuer: string;
  value: string;
  /** Id of the item it belongs to, where the vendor has one. */
  id?: string;
}

export interface TextPart {
  type: 'text';
  text: string;
  cache?: CacheMark;
  signature?: Signature;
  citations?: Citation[];
  /** The same in fields of one dialect, which writes them in place of the text. */
  native?: Native;
}

/** The source of a piece of an answer. Offsets count UTF-16 units of the text they stand on. */
export interface Citation {
  url?: string;
  title?: string;
  start?: number;
  end?: number;
  native?: Native;
}

export interface ImagePart {
  type: 'image';
  source: MediaSource;
  /** Where it stood in the caller's request, as the caller's vendor writes paths: for errors that name it. */
  at?: string;
  detail?: string;
  cache?: CacheMark;
}

export interface AudioPart {
  type: 'audio';
  source: MediaSource;
  /** Where it stood in the caller's request, as the caller's vendor writes paths: for errors that name it. */
  at?: string;
}

export interface FilePart {
  type: 'file';
  source: MediaSource;
  /** Where it stood in the caller's request, as the caller's vendor writes paths: for errors that name it. */
  at?: string;
  name?: string;
  cache?: CacheMark;
  native?: Native;
}

/** Bytes as base64 with their media type, an address, or an id the provider gave. */
export type MediaSource =
  | { type: 'data'; mediaType: string; data: string }
  | { type: 'url'; url: string; mediaType?: string }
  | { type: 'id'; id: string };

export interface RefusalPart {
  type: 'refusal';
  text: string;
}

/** The model's thinking. Its text may be empty where the vendor shows none; `redacted` thinking is only a signature. */
export interface ThinkingPart {
  type: 'thinking';
  text: string;
  signature?: Signature;
  redacted?: boolean;
}

export interface ToolCallPart {
  type: 'tool-call';
  id: string;
  name: string;
  /** JSON text for a function, free text for a custom tool; never parsed where both sides are strings. */
  arguments: string;
  kind?: 'custom';
  signature?: Signature;
  cache?: CacheMark;
  /** The deprecated shape of OpenAI's first tool calls: answered in the same shape. */
  legacy?: boolean;
  /** How its own dialect writes it, where that has an item for this very tool (a shell, a patch). */
  native?: Native;
}

/** A search of the web that the provider ran by itself, as far as it says what it searched for and found. */
export interface HostedCallPart {
  type: 'hosted-call';
  id: string;
  queries: string[];
  sources: Source[];
}

/** A page that was found. `native` is its own vendor's entry for it. */
export interface Source {
  url: string;
  title?: string;
  native?: Native;
}

export interface ToolResult {
  callId: string;
  /** Name of the tool, where the dialect says it. */
  name?: string;
  parts: ResultPart[];
  isError?: boolean;
  cache?: CacheMark;
  legacy?: boolean;
  /** As with the call it answers. */
  native?: Native;
}

/**
 * A part that one dialect knows and the hub does not. Other dialects get what stands in `instead`, which may be nothing, and
 * refuse it by its name where there is no such list.
 */
export interface NativePart {
  type: 'native';
  native: Native;
  instead?: readonly TextPart[];
  /** By this name it is said to be lost, where nothing stands in its place and it meant something. */
  lostAs?: string;
}

export interface Tool {
  kind: 'function' | 'custom' | 'native';
  name: string;
  description?: string;
  /** JSON schema of the arguments. */
  schema?: Record<string, unknown>;
  strict?: boolean;
  cache?: CacheMark;
  native?: Native;
  /** Of a native tool: what it is, where several vendors have one like it. */
  hosted?: HostedTool;
  /** Of a native tool: the answer must use it, whatever the choice says. */
  required?: boolean;
}

/** A tool that the provider runs by itself. Only the search has settings that vendors share. */
export type HostedTool = WebSearchTool | { type: 'web-fetch' } | { type: 'code-execution' };

export interface WebSearchTool {
  type: 'web-search';
  /** Most searches of one answer. */
  maxUses?: number;
  allowedDomains?: string[];
  blockedDomains?: string[];
  /** `low`, `medium` or `high`. */
  contextSize?: string;
  location?: { city?: string; region?: string; country?: string; timezone?: string };
}

export type ToolChoice =
  | { type: 'auto' | 'none' | 'required' }
  | { type: 'tool'; name: string; kind?: 'custom' | 'native' }
  | { type: 'allowed'; mode: 'auto' | 'required'; names: string[] };

export type AnswerFormat =
  | { type: 'text' }
  | { type: 'json' }
  | { type: 'json-schema'; name: string; description?: string; schema?: Record<string, unknown>; strict?: boolean };

/** How much to think: a level, a number of tokens, or off. */
export interface Reasoning {
  enabled?: boolean;
  effort?: string;
  /** Tokens. */
  budget?: number;
  native?: Native;
}
