import { ServiceError } from '../account/wire/service-error.ts';

const malformed = () => new ServiceError('IncompleteBody', 'The aws-chunked body is not well formed');

/**
 * Takes the payload out of an `aws-chunked` body, as S3 clients send it to carry signatures or checksums behind the data:
 * each chunk is its size in hexadecimal, perhaps an extension, a line break, the data, and a line break; one of size 0 ends it,
 * and trailers may follow.
 */
export function decodeChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let position = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', position);
    if (lineEnd < 0) throw malformed();
    const size = Number.parseInt(body.toString('latin1', position, lineEnd).split(';')[0] ?? '', 16);
    if (Number.isNaN(size)) throw malformed();
    if (size === 0) return Buffer.concat(pieces);
    const begin = lineEnd + 2;
    if (begin + size + 2 > body.length) throw malformed();
    pieces.push(body.subarray(begin, begin + size));
    position = begin + size + 2;
  }
}
