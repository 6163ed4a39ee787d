/** An answer that a provider keeps: who asked for it, and where. */
export interface KeptResponse {
  id: string;
  /** `callerId` of who asked: nobody else sees it. */
  caller: string;
  provider: string;
  model: string;
  /** It is being made in the background: what it uses is known when it is read. */
  isPending: boolean;
}

/** Where the gateway remembers them. `find` and `counted` fail where the table is away. */
export interface KeptResponses {
  find(id: string): Promise<KeptResponse | undefined>;
  /** Never fails: without its note, an answer cannot be asked for by its id. */
  write(kept: KeptResponse): Promise<void>;
  /** Notes that a pending one was counted. False where it was before. */
  counted(id: string): Promise<boolean>;
  /** Never fails: the provider has forgotten it all the same. */
  remove(id: string): Promise<void>;
}
