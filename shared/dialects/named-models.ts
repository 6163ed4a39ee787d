import { isJsonObject, type JsonObject } from '../http/json.ts';

/** A model that a request names beside its own, and the field that does so. */
export interface NamedModel {
  field: string;
  model: string;
}

/** Fields by which a provider may ask other models than the request's own. */
export interface OtherModels {
  named: NamedModel[];
  /** Fields that let the provider choose, without a name: a stored preset, a route without models. */
  unnamed: string[];
}

/** What is said, and what is the caller's own: a `model` in there is a word like any other. */
const said: ReadonlySet<string> = new Set(
  [
    'messages input system instructions prompt suffix documents query prediction metadata functions',
    'response_format text output_config output_format input_schema schema properties $defs definitions headers',
    'contents systemInstruction system_instruction responseSchema response_schema responseJsonSchema response_json_schema',
    // Each of them says the request's own model once more.
    'requests generateContentRequest generate_content_request',
  ].flatMap((line) => line.split(' ')),
);

/** `models`, `fallbacks`, `advisor_model`, `deployment_name`; a token of credit for a fallback names none. */
const naming = /(?:models?|deployments?)(?:_?ids?|_?names?)?$|fallback(?!_credit)/i;

/**
 * What a request's body says of models beside its own: lists of fallbacks, models of hosted tools and plugins. Such fields pass
 * unchanged to a provider of the caller's dialect, which obeys them. Takes any body, and looks at no conversation.
 * @see https://openrouter.ai/docs/features/model-routing and https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback
 */
export function otherModels({ model: _, ...body }: JsonObject): OtherModels {
  const named: NamedModel[] = [];
  const open: Place[] = [];

  /** Numbers and the like wait nowhere: there may be millions. */
  function look(name: string, value: unknown, field: string): void {
    if (typeof value === 'object' && value !== null) open.push({ name, value, field });
    else if (typeof value === 'string' && naming.test(name)) named.push({ field, model: value });
  }

  for (const [field, value] of membersOf(body)) {
    const [name = '', ...inner] = stepsOf(field);
    if (said.has(name)) continue;
    look(
      name,
      inner.reduceRight((within: unknown, step) => ({ [step]: within }), value),
      field,
    );
  }
  for (let place = open.pop(); place; place = open.pop()) {
    const { name, value, field } = place;
    if (Array.isArray(value)) {
      for (const item of value) if (name !== 'tools' || isHosted(item)) look(name, item, field);
    } else {
      // `{ "fallbacks": [{ "model a": ["model b"] }] }`
      const isMap = naming.test(name) && !isEntry(value);
      for (const [member, inner] of membersOf(value)) {
        // `{ "models": { "model a": { "weight": 1 } } }`
        const isKey = isMap && /models$/i.test(name) && typeof inner !== 'string';
        if (isKey) named.push({ field, model: member });
        const isNamed = isMap || (naming.test(name) && Array.isArray(inner));
        look(isNamed ? (isKey ? 'model' : name) : member, inner, field);
      }
    }
  }
  return { named, unnamed: unnamedIn(body, named) };
}

interface Place {
  name: string;
  value: object;
  /** The member of the body that it lies in. */
  field: string;
}

/** Longest name of a field that is read as a path: a form has none that is longer. */
const MOST_PATH = 200;

/** The members that a field's name leads through: servers read `models[]`, `extra[model]` and `model.x` of a form so. */
const stepsOf = (name: string): string[] =>
  name.length > MOST_PATH ? [name] : name.split(/[[\].\s]/).filter((step) => step !== '');

const membersOf = (value: object): [string, unknown][] => Object.entries(value).filter(([name]) => !said.has(name));

/** One model with its settings: `{ "model": "a", "speed": "fast" }`. */
const isEntry = (value: object): boolean => Object.keys(value).some((member) => naming.test(member));

/** Tools that the provider runs; the others are forms that the caller fills. */
function isHosted(tool: unknown): boolean {
  if (!isJsonObject(tool) || tool.type == null) return false;
  const isCallers = tool.type === 'tool_search' && tool.execution === 'client';
  return tool.type !== 'function' && tool.type !== 'custom' && !isCallers;
}

/**
 * Whether a model's name has its provider apply what is stored there, in which another model may be named: `…@preset/mine`.
 * @see https://openrouter.ai/docs/guides/features/presets
 */
export const choosesPreset = (model: string): boolean => /@preset\//i.test(model);

function unnamedIn(body: JsonObject, named: readonly NamedModel[]): string[] {
  const given = new Set(Object.keys(body).flatMap((field) => (body[field] == null ? [] : stepsOf(field).slice(0, 1))));
  const isChosen = given.has('route') && !named.some(({ field }) => stepsOf(field)[0] === 'models');
  return [...(given.has('preset') ? ['preset'] : []), ...(isChosen ? ['route'] : [])];
}
