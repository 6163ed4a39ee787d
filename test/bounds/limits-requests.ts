/** What is asked of a gateway to come just under a bound or just over it. The name of a model says what its provider answers. */
export interface Asked {
  status: number;
  text: string;
  headers: Headers;
}

export type Post = (body: unknown, headers?: Record<string, string>) => Promise<Asked>;

export const messages = [{ role: 'user', content: 'Hello' }];
export const asks = (model: string, stream: boolean) => (post: Post) => post({ model: `p/${model}`, stream, messages });
/** The same by the long road, on which the answer is translated. */
export const translates = (model: string) => (post: Post) =>
  post({ model: `long/${model}`, stream: true, messages: [{ role: 'developer', content: 'Be brief.' }, ...messages] });
export const large = (bytes: number) => (post: Post) => {
  const empty = JSON.stringify({ model: 'p/well', messages: [{ role: 'user', content: '' }] });
  return post(empty.replace('"content":""', `"content":"${'x'.repeat(bytes - empty.length)}"`));
};
export const deep = (levels: number) => (post: Post) =>
  post(
    `{"model":"p/well","messages":[{"role":"user","content":"hi"}],"x_deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`,
  );
export const describes = (model: string, count: number) => (post: Post) => {
  const parts = Array.from({ length: count }, (_, at) => {
    const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(20, at)]);
    return { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` } };
  });
  return post({ model, messages: [{ role: 'user', content: parts }] });
};
