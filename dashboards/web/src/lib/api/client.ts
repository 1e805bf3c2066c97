// One place that talks HTTP: same origin, JSON, the write header, and problem+json as an error
// that says what failed and carries the request id.
import type { Problem } from './types';

const BASE = '/api/v1';
const TIMEOUT_MS = 20_000;

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? problem?.title ?? (status === 0 ? 'network' : `HTTP ${status}`));
    this.status = status;
    this.problem = problem;
  }

  /** 0 = the request never got an answer. */
  get offline(): boolean {
    return this.status === 0;
  }

  get requestId(): string | null {
    return this.problem?.requestId ?? null;
  }
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, undefined, signal);
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return request<T>('POST', path, body);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return request<T>('PUT', path, body);
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return request<T>('PATCH', path, body);
}

export function del<T = void>(path: string): Promise<T> {
  return request<T>('DELETE', path);
}

/** Joins a path and its query; empty values are left out. */
export function url(path: string, query: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Circuit codes may hold Han characters and slashes. */
export function part(value: string | number): string {
  return encodeURIComponent(String(value));
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') {
    headers['X-Linesman'] = '1';
    headers['Content-Type'] = 'application/json';
  }
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const abort = new AbortController();
  limit.addEventListener('abort', () => abort.abort());
  signal?.addEventListener('abort', () => abort.abort());
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: abort.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, null);
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function problemOf(response: Response): Promise<Problem | null> {
  try {
    const body = (await response.json()) as Problem;
    return typeof body.title === 'string' ? body : null;
  } catch {
    return null;
  }
}
