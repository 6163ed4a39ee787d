/** What vectors are for: the hub's words, and Gemini's. Those that only Gemini has are kept in its own. */
const taskTypes: Readonly<Record<string, string>> = {
  search_document: 'RETRIEVAL_DOCUMENT',
  search_query: 'RETRIEVAL_QUERY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

const ownTasks: ReadonlySet<string> = new Set([
  'SEMANTIC_SIMILARITY',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
]);

export const purposeOf = (task: string): string =>
  Object.keys(taskTypes).find((purpose) => taskTypes[purpose] === task) ?? task;

/** Undefined for what Gemini has no word for. */
export function taskOf(purpose: string): string | undefined {
  if (Object.hasOwn(taskTypes, purpose)) return taskTypes[purpose];
  return ownTasks.has(purpose) ? purpose : undefined;
}
