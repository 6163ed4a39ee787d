import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type AppProps, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { onTestFinished } from 'vitest';
import { createApp } from '../../infra/aws/create-app.ts';
import type { GatewayDefinition } from '../../shared/catalog/schema.ts';

type Settings = NonNullable<GatewayDefinition['aws']>;

/** A folder such as the build leaves it; gone after the test, or when `after` says. */
export function builtFolder(
  definition: GatewayDefinition,
  after: (remove: () => void) => void = onTestFinished,
): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'sluice-infra-')), 'gateway');
  after(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = () => {};\n');
  writeFileSync(path.join(folder, 'gateway.config.json'), JSON.stringify(definition));
  return folder;
}

/** The app around a built folder with these settings in its configuration. */
export function appWith(
  aws: Settings = {},
  props: AppProps = {},
  providers: GatewayDefinition['providers'] = { openai: {} },
  env?: Environment,
): App {
  const folder = builtFolder({ providers, aws });
  return createApp(
    { gateway: folder, admin: folder },
    { outdir: path.join(path.dirname(folder), 'out'), ...props },
    env,
  );
}

export const stackOf = (app: App): Stack => app.node.children.find((child): child is Stack => Stack.isStack(child))!;

/** The template; CDK's own check of it, a second's work a process, is left to the tests of the synthesis. */
export const templateWith = (aws: Settings = {}, providers?: GatewayDefinition['providers']): Template =>
  Template.fromStack(stackOf(appWith(aws, { builtinCloudFormationValidation: false }, providers)));

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** The resources of a type, by their logical ids. */
export const resources = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

/** The construct of a function, with which the logical ids of its resources begin. */
export type Plane = 'Gateway' | 'Admin';

/** The resources of a type that belong to a function. */
export const resourcesOf = (template: Template, type: string, plane: Plane): Record<string, Resource> =>
  Object.fromEntries(Object.entries(resources(template, type)).filter(([id]) => id.startsWith(plane)));

/** The properties of the one resource of a type: of the whole stack, else of this function. */
export function theOnly(template: Template, type: string, plane: Plane = 'Gateway'): Record<string, unknown> {
  const all = Object.values(resources(template, type));
  const found = all.length === 1 ? all : Object.values(resourcesOf(template, type, plane));
  if (found.length !== 1) throw new Error(`expected one ${type}, there are ${found.length}`);
  return found[0]!.Properties;
}
