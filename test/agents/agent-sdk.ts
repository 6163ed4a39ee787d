import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { installed } from './install.ts';

const SDK = '@anthropic-ai/claude-agent-sdk';

/** What is used of the Claude Agent SDK here: it is installed when a test runs, so that types are not there to import. */
export interface AgentSdk {
  tool<Shape extends z.ZodRawShape>(
    name: string,
    description: string,
    input: Shape,
    run: (given: z.output<z.ZodObject<Shape>>) => Promise<{ content: { type: 'text'; text: string }[] }>,
  ): unknown;
  createSdkMcpServer(server: { name: string; version: string; tools: unknown[] }): unknown;
  query(asked: { prompt: string; options: object }): AsyncIterable<{ type: string }>;
}

/** Installs the SDK where the cache does not have it, and loads it. */
export async function loadAgentSdk(): Promise<AgentSdk> {
  const folder = await installed({ [SDK]: '0.3.329' });
  return (await import(pathToFileURL(createRequire(`${folder}/`).resolve(SDK)).href)) as AgentSdk;
}
