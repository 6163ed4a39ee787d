import {
  ApiError,
  type Content,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
} from '@google/genai';
import { embedded } from './embeddings-counterpart.ts';
import {
  asJson,
  asksTool,
  type Call,
  type Client,
  citySchema,
  failing,
  hello,
  type Pieces,
  type Place,
  PNG,
} from './scenarios.ts';

const sdkOf = ({ url, key }: Place): GoogleGenAI => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
const user = (text: string): Content[] => [{ role: 'user', parts: [{ text }] }];
const tools = [
  { functionDeclarations: [{ name: 'weather', description: 'the weather', parametersJsonSchema: citySchema }] },
];

async function ask(place: Place, contents: Content[], config: GenerateContentConfig = {}): Promise<string | Call> {
  const asked = sdkOf(place).models.generateContent({ model: place.model, contents, config });
  return answerOf(await asked.catch(withHeader));
}

/** Its text is asked for only where there is no call: the SDK warns of one beside it. */
function answerOf(response: GenerateContentResponse): string | Call {
  const call = response.functionCalls?.[0];
  return call ? { tool: call.name!, input: call.args } : (response.text ?? '');
}

/** Its errors hold the body as text and no headers: the time to wait is read where Google's clients read it. */
function withHeader(thrown: unknown): never {
  if (!(thrown instanceof ApiError)) throw thrown;
  const delay = /"retryDelay":"(\d+)s"/.exec(thrown.message)?.[1];
  throw Object.assign(thrown, { headers: new Headers(delay ? { 'retry-after': delay } : {}) });
}

async function stream(place: Place): Promise<Pieces> {
  const pieces: string[] = [];
  const chunks = await sdkOf(place).models.generateContentStream({ model: place.model, contents: user(hello) });
  let finish: string | undefined;
  for await (const chunk of chunks) {
    pieces.push(...(chunk.text ? [chunk.text] : []));
    finish = chunk.candidates?.[0]?.finishReason ?? finish;
  }
  return { pieces: finish === 'STOP' ? pieces : [] };
}

async function streamTool(place: Place): Promise<string | Call> {
  const asked = { model: place.model, contents: user(asksTool), config: { tools } };
  let found: string | Call = '';
  for await (const chunk of await sdkOf(place).models.generateContentStream(asked)) {
    if (chunk.functionCalls) found = answerOf(chunk);
  }
  return found;
}

async function embed(place: Place, contents: string[]): Promise<number[][]> {
  const asked = sdkOf(place).models.embedContent({ model: place.model, contents });
  const { embeddings = [] } = await asked.catch(withHeader);
  return embeddings.map(({ values = [] }) => values);
}

const called: Content[] = [
  ...user(asksTool),
  { role: 'model', parts: [{ functionCall: { id: 'call_1', name: 'weather', args: { city: 'Paris' } } }] },
  {
    role: 'user',
    parts: [{ functionResponse: { id: 'call_1', name: 'weather', response: { output: '21 degrees' } } }],
  },
];

const shared = {
  name: '@google/genai',
  errors: { 400: ApiError, 429: ApiError },
  // Its bytes pass.
  ownForms: {
    gemini: {
      tool: { functionDeclarations: [{ name: 'weather', parametersJsonSchema: citySchema }] },
      schema: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: citySchema } },
    },
  },
};

export const genai: Client = {
  ...shared,
  does: {
    text: (place) => ask(place, user(hello)),
    stream,
    toolStream: streamTool,
    tool: (place) => ask(place, user(asksTool), { tools }),
    toolResult: (place) => ask(place, called, { tools }),
    image: (place) =>
      ask(place, [{ role: 'user', parts: [{ text: hello }, { inlineData: { mimeType: 'image/png', data: PNG } }] }]),
    schema: (place) =>
      ask(place, user(asJson), { responseMimeType: 'application/json', responseJsonSchema: citySchema }),
    limited: (place) => ask(place, user(failing.limited)),
    unfit: (place) => ask(place, user(failing.unfit)),
  },
};

export const genaiEmbeddings: Client = {
  ...shared,
  name: '@google/genai embeddings',
  does: {
    embeddings: (place) => embed(place, embedded),
    limited: (place) => embed(place, [failing.limited]),
    unfit: (place) => embed(place, [failing.unfit]),
  },
};
