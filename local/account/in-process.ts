import { Readable } from 'node:stream';
import type { ClientOptions } from '../../functions/aws/sdk/clients.ts';
import { createRandom } from '../base/random.ts';
import type { Account } from './account.ts';
import type { WireRequest, WireResponse } from './wire/http.ts';

/** How long a call is under way, there and back. */
const LATENCY_MILLISECONDS = [8, 60] as const;

type RequestHandler = Exclude<NonNullable<ClientOptions['requestHandler']>, { [key: string]: never } | undefined>;

interface SdkRequest {
  method: string;
  hostname: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

const ACCESS_KEY_ID = 'AKIDEMBEDDED';

/**
 * Signs as far as this account looks: for which service, which is the host's label before its region. A real signature costs
 * a tenth of a call, and proves nothing between callers in one process.
 */
const signerIn = (region: string) => ({
  async sign(request: SdkRequest): Promise<SdkRequest> {
    const labels = request.hostname.split('.');
    const scope = `${ACCESS_KEY_ID}/20000101/none/${labels[labels.lastIndexOf(region) - 1]}/aws4_request`;
    request.headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
    return request;
  },
});

/**
 * What a client would look for in this machine's environment and files, with the SDK's own defaults: they have no say here,
 * and each deployment makes clients by the dozen, which would look for them anew.
 */
const OWN_SETTINGS = {
  authSchemePreference: [],
  disableS3ExpressSessionAuth: false,
  ignoreConfiguredEndpointUrls: true,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  useArnRegion: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
};

/** By what it is signed for, as the account itself tells. */
const isS3 = (headers: Record<string, string>): boolean =>
  headers['authorization']?.includes('/s3/aws4_request') ?? false;

/**
 * Stands between a client and the account, for simulations of what goes wrong between them.
 * @param send lets the request reach the account, and take effect
 */
export type Intercept = (
  request: WireRequest,
  principal: string,
  send: () => Promise<WireResponse>,
) => Promise<WireResponse>;

/** What may become of the calls of one caller. */
export interface Connection {
  /** Whether the caller is dead by now: then its call goes nowhere, and is never answered. */
  isKilled?: () => boolean;
  intercept?: Intercept | undefined;
}

const never = () => new Promise<never>(() => undefined);

const flatten = (query: SdkRequest['query'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );

/**
 * The account's door for SDK clients in this process: no sockets. A call takes its time, and what it does, it does in
 * the middle of it.
 * @param principal the caller: the name of a function
 */
export function connect(
  account: Account,
  principal: string,
  seed: number,
  { isKilled = () => false, intercept = (_request, _principal, send) => send() }: Connection = {},
): ClientOptions {
  const latencies = createRandom(seed, 'latency', principal);
  const pause = () =>
    new Promise<void>((resolve) => setTimeout(resolve, Math.ceil(latencies.between(LATENCY_MILLISECONDS) / 2)));
  const signer = signerIn(account.region);
  const requestHandler = {
    metadata: { handlerProtocol: 'h1' },
    async handle(request: SdkRequest) {
      await pause();
      if (isKilled()) return never();
      const { method, hostname, path, query, body = '' } = request;
      // Through the bytes: the SDK warns when its own body is asked for its text.
      const bytes =
        typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const wire = { method, hostname, path, query: flatten(query), headers, body: bytes };
      const send = () => account.handle(wire, principal);
      const response = await intercept(wire, principal, send);
      await pause();
      if (isKilled()) return never();
      // GetObject hands its body out as a stream; for all others a buffer needs no event loop.
      const isStream = isS3(headers) && method === 'GET' && response.statusCode === 200;
      return { response: { ...response, body: isStream ? Readable.from([response.body]) : response.body } };
    },
  };
  const options = {
    region: account.region,
    credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: 'embedded' },
    requestHandler: requestHandler as unknown as RequestHandler,
    ...OWN_SETTINGS,
    // One for all calls: left to itself, the SDK makes one for each, from a copy of the whole configuration.
    signer: async () => signer,
    // No answer depends on it, and it is put together anew for each call.
    defaultUserAgentProvider: async () => [],
    // Without one that takes notes, the SDK doesn't make them.
    logger: {},
  };
  return options;
}
