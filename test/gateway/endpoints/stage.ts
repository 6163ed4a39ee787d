import { onTestFinished } from 'vitest';
import { type Script, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** The whole gateway over sockets in front of one provider, which a definition may name several times. */
export async function openStage(
  script: Script,
  definition: (url: string) => object = (url) => ({ providers: { p: { baseUrl: url, auth: 'none' } } }),
): Promise<{ rig: Rig; provider: TestProvider }> {
  const provider = await startProvider(script);
  const rig = await startRig({ definition: definition(provider.url) });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  return { rig, provider };
}
