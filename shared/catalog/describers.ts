import type { Describer, Target } from './catalog.ts';
import type { GatewayConfig } from './schema.ts';

type Model = GatewayConfig['models'][string];
type ModelObject = Exclude<Model, string | string[]>;

export const namesIn = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names;

export const asObject = (model: Model): ModelObject =>
  typeof model === 'string' || Array.isArray(model) ? { targets: model } : model;

/**
 * The describers of images for each model of the configuration. One that stands for no target, or does not see, is a problem.
 * An alias has the describers of the first model behind it that names any, else the general ones.
 */
export function readDescribers(
  config: GatewayConfig,
  targetsOf: (name: string, where: string) => Target[],
  problems: string[],
): (name: string | undefined) => readonly Describer[] | undefined {
  const read = (names: string | readonly string[] | undefined, where: string): Describer[] | undefined => {
    if (names === undefined) return undefined;
    return namesIn(names).map((name) => {
      const targets = targetsOf(name, where);
      const textOnly = targets.find(({ abilities }) => !abilities.sees);
      if (textOnly)
        problems.push(`${where}: '${name}' cannot describe images, since ${fullNameOf(textOnly)} does not see`);
      return { name, targets };
    });
  };

  const general = read(config.vision.describer, 'vision.describer');
  const own = new Map(
    Object.entries(config.models).map(([name, model]) => [name, read(asObject(model).vision, `models.${name}.vision`)]),
  );

  function ownOf(name: string, seen: readonly string[]): readonly Describer[] | undefined {
    if (seen.includes(name) || !Object.hasOwn(config.models, name)) return undefined;
    const { targets = [] } = asObject(config.models[name]!);
    return own.get(name) ?? firstOf(namesIn(targets), (next) => ownOf(next, [...seen, name]));
  }

  const found = new Map(Object.keys(config.models).map((name) => [name, ownOf(name, [])]));
  return (name) => (name === undefined ? undefined : (found.get(name) ?? general));
}

const fullNameOf = ({ provider, model }: Target): string => `${provider.name}/${model}`;

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
