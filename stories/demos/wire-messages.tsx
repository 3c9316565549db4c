import type { FramedItem } from 'rivulet/core';
import type { WireReading } from './read-wire.ts';

/** The last event id as of each item: it persists until another comes. */
function idsOf(items: readonly FramedItem[]): string[] {
  let id = '';
  return items.map((item) => {
    if (item.kind === undefined) id = item.lastEventId;
    if (item.kind === 'id') id = item.id;
    return id;
  });
}

function Data({ text }: { text: string }) {
  return text === '' ? (
    <>empty</>
  ) : (
    <code style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {text.replaceAll('\n', '⏎\n')}
    </code>
  );
}

function Row({ item, id }: { item: FramedItem; id: string }) {
  switch (item.kind) {
    case undefined:
      return (
        <tr>
          <th scope="row">{item.event}</th>
          <td>
            <Data text={item.data} />
          </td>
          <td>{id === '' ? 'none' : id}</td>
        </tr>
      );
    case 'id':
      return (
        <tr>
          <td>id only</td>
          <td>no message</td>
          <td>{id === '' ? 'none' : id}</td>
        </tr>
      );
    case 'retry':
      return (
        <tr>
          <td>retry</td>
          <td>wait {item.retryMs} ms before connecting again</td>
          <td>–</td>
        </tr>
      );
    case 'comment':
      return (
        <tr>
          <td>comment</td>
          <td>
            <Data text={item.comment} />
          </td>
          <td>–</td>
        </tr>
      );
    default:
      return (
        <tr>
          <td>error</td>
          <td>{item.message}</td>
          <td>–</td>
        </tr>
      );
  }
}

/** What has been read so far, in order, and what is not complete. */
export function WireMessages({ reading }: { reading: WireReading }) {
  const { items, unfinished } = reading;
  const ids = idsOf(items);
  const messages = items.filter(({ kind }) => kind === undefined).length;
  return (
    <div style={{ minBlockSize: '19rem' }}>
      <output
        style={{ display: 'block', border: 0, padding: 0, background: 'none', textAlign: 'start' }}
      >
        <strong>{messages === 1 ? '1 message' : `${messages} messages`}</strong>
        {unfinished !== undefined && ', and one that no blank line has ended'}
      </output>
      <table style={{ overflowWrap: 'break-word' }}>
        <caption>What the reader gets</caption>
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">data</th>
            <th scope="col">last id</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item, index) => (
            <Row key={index} item={item} id={ids[index] ?? ''} />
          ))}
          {items.length === 0 && (
            <tr>
              <td colSpan={3}>Nothing.</td>
            </tr>
          )}
        </tbody>
      </table>
      {unfinished !== undefined && (
        <p>
          Not ended: <Data text={unfinished.data} /> If the stream ends here, it is discarded.
        </p>
      )}
    </div>
  );
}
