/** A path as it is served, and the model that it named, still percent-encoded. */
export interface PlainPath {
  path: string;
  deployment?: string;
}

/** What is asked of a deployment, whose name is the model's; all else stands without one. */
const DEPLOYMENT =
  /^\/openai\/deployments\/([^/].*?)\/((?:chat\/)?completions|embeddings|images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations))$/;

/**
 * The path that is meant by one of Azure's, where OpenAI's API stands under `/openai`, without a version (its dated ones are in the
 * query, which is ignored) or with `/v1`; any other path as it is.
 * @see https://learn.microsoft.com/azure/ai-services/openai/reference
 */
export function plainPath(path: string): PlainPath {
  if (!path.startsWith('/openai/')) return { path };
  const found = DEPLOYMENT.exec(path);
  if (found) return { path: `/v1/${found[2]}`, deployment: found[1]! };
  const rest = path.slice('/openai'.length);
  return { path: rest.startsWith('/v1/') ? rest : `/v1${rest}` };
}
