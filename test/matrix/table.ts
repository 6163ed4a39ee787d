import type { ProviderRow } from './provider-rows.ts';
import type { Client, Scenario } from './scenarios.ts';

type Outcome = 'began' | 'answered' | 'refused';

/** Rows clients, columns providers: what came out of each scenario that was played. */
export function createTable(clients: readonly Client[], providers: readonly ProviderRow[]) {
  const cells = new Map<string, Map<Scenario, Outcome>>();

  function outcomes(client: Client, provider: ProviderRow): Map<Scenario, Outcome> {
    const place = `${client.name}|${provider.name}`;
    const found = cells.get(place) ?? new Map<Scenario, Outcome>();
    cells.set(place, found);
    return found;
  }

  return {
    cell(client: Client, provider: ProviderRow) {
      const cell = outcomes(client, provider);
      return {
        /** Counts as failed until it went well. */
        began: (scenario: Scenario) => void cell.set(scenario, 'began'),
        went: (scenario: Scenario, outcome: 'answered' | 'refused') => void cell.set(scenario, outcome),
      };
    },
    print(): string {
      const head = ['client', ...providers.map(({ name }) => name)];
      const rows = clients.map((client) => [
        client.name,
        ...providers.map((provider) => cellText(outcomes(client, provider))),
      ]);
      const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
      const lacking = [...clients, ...providers].flatMap(({ name, lacks }) => (lacks ? [`\`${name}\` ${lacks}.`] : []));
      return [...lines, '', legend, ...lacking].join('\n');
    },
  };
}

const legend =
  '`+5×400`: what the provider has no word for, refused by the gateway with a 400 that names it. ' +
  '`–`: all of it is refused so, as this provider makes no embeddings.';

/** What went well, beside it what was rightly refused; or the names of what failed. */
function cellText(outcomes: ReadonlyMap<Scenario, Outcome>): string {
  const named = (outcome: Outcome): Scenario[] =>
    [...outcomes].filter(([, found]) => found === outcome).map(([scenario]) => scenario);
  const failed = named('began');
  if (failed.length > 0) return `✗ ${failed.join(', ')}`;
  const answered = named('answered').length;
  const refused = named('refused').length;
  if (answered === 0) return refused === 0 ? 'not run' : '–';
  return `${answered}/${answered}${refused === 0 ? '' : ` +${refused}×400`}`;
}
