import type { Traits } from '../../../shared/dialects/traits.ts';
import * as presets from '../../../shared/providers/anthropic.ts';

export const presetTraits = (name: keyof typeof presets): Traits => presets[name].traits ?? {};
