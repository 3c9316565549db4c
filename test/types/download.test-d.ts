import { type Bytes, type DownloadProgress, type StreamError, useDownload } from 'rivulet';
import { createDownload, type DownloadController, type StandardSchema } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';

describe('the result of a download', () => {
  test('follows `as`', () => {
    expectTypeOf(useDownload('/f').result).toEqualTypeOf<Blob | undefined>();
    expectTypeOf(useDownload('/f', {}).result).toEqualTypeOf<Blob | undefined>();
    expectTypeOf(useDownload('/f', { as: 'blob' }).result).toEqualTypeOf<Blob | undefined>();
    expectTypeOf(useDownload('/f', { as: 'bytes' }).result).toEqualTypeOf<Bytes | undefined>();
    expectTypeOf(useDownload('/f', { as: 'text' }).result).toEqualTypeOf<string | undefined>();
    expectTypeOf(useDownload('/f', { as: 'json' }).result).toEqualTypeOf<unknown>();
    expectTypeOf(useDownload(null).result).toEqualTypeOf<Blob | undefined>();
  });

  test('is undefined with `saveTo`', () => {
    const saveTo = new WritableStream<Uint8Array>();
    const job = useDownload('/f', { saveTo });
    expectTypeOf(job.result).toEqualTypeOf<undefined>();
    if (job.status === 'done') expectTypeOf(job.result).toEqualTypeOf<undefined>();
    expectTypeOf(
      useDownload('/f', { saveTo: async () => saveTo }).result,
    ).toEqualTypeOf<undefined>();
    const handle = { createWritable: async () => saveTo };
    expectTypeOf(useDownload('/f', { saveTo: handle }).result).toEqualTypeOf<undefined>();
  });

  test('is there in done, and nowhere else', () => {
    const job = useDownload('/f', { as: 'text' });
    if (job.status === 'done') expectTypeOf(job.result).toEqualTypeOf<string>();
    else expectTypeOf(job.result).toEqualTypeOf<undefined>();
    const { status, result, error, reason, nextRetryAt } = useDownload('/f');
    if (status === 'done') expectTypeOf(result).toEqualTypeOf<Blob>();
    if (status === 'failed') expectTypeOf(error).toEqualTypeOf<StreamError>();
    if (status === 'done') expectTypeOf(error).toEqualTypeOf<null>();
    if (status === 'open') expectTypeOf(reason).toEqualTypeOf<null>();
    if (status === 'waiting') expectTypeOf(nextRetryAt).toEqualTypeOf<number>();
  });

  test('is that of the promise of `start()` too', async () => {
    const last = await useDownload('/f', { as: 'bytes' }).start();
    expectTypeOf(last.result).toEqualTypeOf<Bytes | undefined>();
    if (last.status === 'done') expectTypeOf(last.result).toEqualTypeOf<Bytes>();
  });

  test('is that of the controller', () => {
    const job = createDownload('/f', { as: 'text' });
    expectTypeOf(job).toEqualTypeOf<DownloadController<'text'>>();
    expectTypeOf(useDownload(job).result).toEqualTypeOf<string | undefined>();
    const blob = createDownload(new URL('https://host.test/f'));
    expectTypeOf(useDownload(blob).result).toEqualTypeOf<Blob | undefined>();
    const sink = createDownload('/f', { saveTo: new WritableStream<Uint8Array>() });
    expectTypeOf(useDownload(sink).result).toEqualTypeOf<undefined>();
  });
});

describe('the result of a download with a schema', () => {
  interface Row {
    readonly id: number;
  }
  const schema: StandardSchema<readonly Row[]> = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ value: [{ id: 1 }] }) },
  };

  test('is its output', async () => {
    const job = useDownload('/f', { as: 'json', schema });
    if (job.status === 'done') expectTypeOf(job.result).toEqualTypeOf<readonly Row[]>();
    else expectTypeOf(job.result).toEqualTypeOf<undefined>();
    const last = await job.resume();
    if (last.status === 'done') expectTypeOf(last.result).toEqualTypeOf<readonly Row[]>();
    const controller = createDownload('/f', { as: 'json', schema });
    expectTypeOf(controller).toEqualTypeOf<DownloadController<'json', readonly Row[]>>();
    expectTypeOf(useDownload(controller).result).toEqualTypeOf<readonly Row[] | undefined>();
  });

  test('may be written where there is no schema', () => {
    const job = useDownload<'json', Row>('/f', { as: 'json' });
    if (job.status === 'done') expectTypeOf(job.result).toEqualTypeOf<Row>();
    expectTypeOf(createDownload<'json', Row>('/f', { as: 'json' })).toEqualTypeOf<
      DownloadController<'json', Row>
    >();
    // @ts-expect-error the first type argument says what `as` does
    useDownload<Row>('/f', { as: 'json' });
  });

  test('needs JSON, and goes into no sink', () => {
    // @ts-expect-error only JSON is validated
    useDownload('/f', { as: 'text', schema });
    // @ts-expect-error it is called `expectedBytes`
    useDownload('/f', { as: 'json', schema, expectedByte: 5 });
    // @ts-expect-error a sink keeps no value
    useDownload('/f', { as: 'json', schema, saveTo: new WritableStream<Uint8Array>() });
  });
});

describe('the sink of a download', () => {
  test('is opened before the request or after the headers, and not both', () => {
    const open = () => new WritableStream<Uint8Array>();
    const job = useDownload('/f', {
      openSink({ fileName, response }) {
        expectTypeOf(fileName).toEqualTypeOf<string>();
        expectTypeOf(response).toEqualTypeOf<Response>();
        return open();
      },
    });
    expectTypeOf(job.result).toEqualTypeOf<undefined>();
    // @ts-expect-error one of them
    useDownload('/f', { openSink: open, saveTo: open });
  });
});

describe('the progress of a download', () => {
  test('fits a <progress> element', () => {
    const { progress, percent, loaded, total, totalSource } = useDownload('/f');
    expectTypeOf(progress ?? undefined).toEqualTypeOf<number | undefined>();
    expectTypeOf(percent).toEqualTypeOf<number | null>();
    expectTypeOf(loaded).toEqualTypeOf<number>();
    expectTypeOf(total).toEqualTypeOf<number | null>();
    expectTypeOf(totalSource).toEqualTypeOf<DownloadProgress['totalSource']>();
  });
});

describe('a download refuses', () => {
  test('what cannot be meant', () => {
    // @ts-expect-error no such form of a result
    useDownload('/f', { as: 'stream' });
    // @ts-expect-error a sink keeps no result
    useDownload('/f', { as: 'text', saveTo: new WritableStream<Uint8Array>() });
    // @ts-expect-error no download starts by itself
    useDownload('/f', { autoStart: true });
    // @ts-expect-error a size is a number
    useDownload('/f', { expectedBytes: '10' });
    // @ts-expect-error a controller has its options
    useDownload(createDownload('/f'), { as: 'text' });
    // @ts-expect-error a controller has a URL
    createDownload(null);
  });
});
