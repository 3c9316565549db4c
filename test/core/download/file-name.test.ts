import { describe, expect, test } from 'vitest';
import { fileNameOf } from '../../../src/core/download/file-name.ts';

const URL_NAME = 'from-url.bin';
const named = (disposition: string) => {
  return fileNameOf(undefined, disposition, `https://host.test/files/${URL_NAME}?a=1#b`);
};

describe('the name in a Content-Disposition (RFC 6266, RFC 8187)', () => {
  test.each([
    ['attachment; filename=report.pdf', 'report.pdf'],
    ['attachment; filename="report.pdf"', 'report.pdf'],
    ['attachment; filename="unclosed.pdf', 'unclosed.pdf'],
    ['attachment; filename="exports/2024/report.csv"', 'report.csv'],
    ['attachment; filename=exports/2024/report.csv', 'report.csv'],
    ["attachment; filename*=UTF-8''exports%2F2024%2Freport.csv", 'report.csv'],
    ['attachment; filename="exports\\\\2024\\\\report.csv"', 'report.csv'],
    ['attachment; filename="C:\\dir\\report.csv"', 'report.csv'],
    ['attachment; filename="\\\\server\\share\\q.txt"', 'q.txt'],
    ['ATTACHMENT; FileName="report.pdf"', 'report.pdf'],
    ['inline;filename="report.pdf"', 'report.pdf'],
    ['attachment ; filename = "report.pdf" ; size=5', 'report.pdf'],
    ['attachment; filename="with space.pdf"', 'with space.pdf'],
    ['attachment; filename="semi;colon.pdf"', 'semi;colon.pdf'],
    ['attachment; filename="a \\"quoted\\" name.txt"', 'a "quoted" name.txt'],
    ['attachment; filename=without quotes.txt; size=5', 'without quotes.txt'],
    ["attachment; filename=it's.txt", "it's.txt"],
    ['attachment; filename="100%.txt"', '100%.txt'],
    ['attachment; filename="na%20me.txt"', 'na%20me.txt'],
    ['attachment; filename="first.txt"; filename="second.txt"', 'first.txt'],
    ['attachment; x-filename="x.txt"; filename="y.txt"', 'y.txt'],
    ['attachment; note="filename=x.txt"; filename="y.txt"', 'y.txt'],
    ['attachment; note="a; filename*=UTF-8\'\'x.txt"; filename="y.txt"', 'y.txt'],
    ['attachment; filename="a; filename*=UTF-8\'\'x.txt"', "a; filename*=UTF-8''x.txt"],
    ["attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf", 'résumé.pdf'],
    ["attachment; filename*=utf-8'en'%e2%82%ac%20rates.txt", '€ rates.txt'],
    ["attachment; filename*=ISO-8859-1''caf%E9.txt", 'café.txt'],
    ["attachment; filename*=iso-8859-1'fr'%A3.txt", '£.txt'],
    [`attachment; filename="e.txt"; filename*=UTF-8''%C3%A9.txt`, 'é.txt'],
    [`attachment; filename*=UTF-8''%C3%A9.txt; filename="e.txt"`, 'é.txt'],
    [`attachment; filename*="UTF-8''%C3%A9.txt"`, 'é.txt'],
    ["attachment; filename*=UTF-8''%F0%9F%98%80.png", '😀.png'],
  ])('%s', (disposition, name) => {
    expect(named(disposition)).toBe(name);
  });

  test.each([
    ['an unknown charset', `filename*=EUC-JP''%A4%A2.txt; filename="plain.txt"`],
    ['bytes that are no UTF-8', `filename*=UTF-8''%E9.txt; filename="plain.txt"`],
    ['no charset', `filename*=%C3%A9.txt; filename="plain.txt"`],
    ['nothing', `filename*=UTF-8''; filename="plain.txt"`],
    ['separators only', `filename*=UTF-8''%2F%2F; filename="plain.txt"`],
  ])('an extended name of %s gives way to the plain one', (_, parameters) => {
    expect(named(`attachment; ${parameters}`)).toBe('plain.txt');
  });

  test.each([
    ["attachment; filename*=UTF-8''100%.txt", '100%.txt'],
    ["attachment; filename*=UTF-8''a%zzb.txt", 'a%zzb.txt'],
    ["attachment; filename*=UTF-8''%C3%A9%4", 'é%4'],
  ])('a percent sign that begins no byte stays one: %s', (disposition, name) => {
    expect(named(disposition)).toBe(name);
  });

  test('bytes of UTF-8 in a plain name are read as such, other bytes as Latin-1', () => {
    const raw = (name: string) => {
      return String.fromCharCode(...new TextEncoder().encode(`attachment; filename="${name}"`));
    };
    expect(named(raw('résumé – 日本.pdf'))).toBe('résumé – 日本.pdf');
    expect(named('attachment; filename="caf\u{e9}.txt"')).toBe('café.txt');
  });

  test.each([
    '',
    'attachment',
    'attachment;',
    'attachment; filename',
    'attachment; filename=',
    'attachment; filename=""',
    'attachment; filename="."',
    'attachment; filename=".."',
    'attachment; filename="/"',
    'attachment; size=5',
    'filename="not a parameter.txt"',
  ])('there is none in %j: the URL has one', (disposition) => {
    expect(named(disposition)).toBe(URL_NAME);
  });
});

describe('what no file name may hold', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['C:\\fakepath\\a.txt', 'a.txt'],
    ['a\u200bb\ufeffc\u2028d.txt', 'abcd.txt'],
    ['/absolute.txt', 'absolute.txt'],
    ['.hidden', 'hidden'],
    ['...', URL_NAME],
    ['  padded.txt  ', 'padded.txt'],
    ['a\u{0}b\u{1}\t\r\n\u{1f}\u{7f}\u{85}\u{9f}.txt', 'ab.txt'],
    // A right-to-left override makes `gpj.exe` of an end that reads `exe.jpg`.
    ['photo\u{202e}gpj.exe', 'photogpj.exe'],
    [
      'a\u{200e}\u{200f}\u{061c}\u{202a}\u{202b}\u{202c}\u{202d}\u{2066}\u{2067}\u{2068}\u{2069}b',
      'ab',
    ],
    ['日本語 – naïve 😀.txt', '日本語 – naïve 😀.txt'],
  ])('of %j is left %j', (option, name) => {
    expect(fileNameOf(option, null, `/files/${URL_NAME}`)).toBe(name);
  });

  test('too many characters: the ending stays', () => {
    const name = fileNameOf(`${'😀'.repeat(300)}.tar.gz`, null, '/');
    expect(Array.from(name)).toHaveLength(200);
    expect(name).toMatch(/^(😀)+\.gz$/u);
    expect(fileNameOf('x'.repeat(300), null, '/')).toBe('x'.repeat(200));
    expect(fileNameOf(`a.${'y'.repeat(300)}`, null, '/')).toHaveLength(200);
    expect(fileNameOf('z'.repeat(200), null, '/')).toBe('z'.repeat(200));
  });
});

describe('without a name from the server', () => {
  test('the option comes before all', () => {
    const disposition = 'attachment; filename="b.txt"';
    expect(fileNameOf('a.txt', disposition, '/c.txt')).toBe('a.txt');
    expect(fileNameOf('', disposition, '/c.txt')).toBe('b.txt');
    expect(fileNameOf(undefined, disposition, '/c.txt')).toBe('b.txt');
    expect(fileNameOf(undefined, null, '/c.txt')).toBe('c.txt');
  });

  test.each([
    ['https://host.test/files/report.pdf', 'report.pdf'],
    ['https://host.test/files/report.pdf?version=2', 'report.pdf'],
    ['https://host.test/files/report.pdf#page=2', 'report.pdf'],
    ['https://host.test/na%C3%AFve%20file.txt', 'naïve file.txt'],
    ['https://host.test/100%.txt', '100%.txt'],
    ['https://host.test/a%2Fb.txt', 'b.txt'],
    ['https://host.test/%2e%2e', 'download'],
    ['https://host.test/search?file=/x.txt', 'search'],
    ['https://host.test/files/', 'download'],
    ['https://host.test/', 'download'],
    ['https://host.test', 'download'],
    ['https://host.test?file=x.txt', 'download'],
    ['/files/report.pdf', 'report.pdf'],
    ['report.pdf', 'report.pdf'],
    ['', 'download'],
  ])('%s is named %s', (url, name) => {
    expect(fileNameOf(undefined, null, url)).toBe(name);
  });
});

test('a header that tries to be slow is read in no time', () => {
  const hostile = `attachment; ${'a=";'.repeat(20_000)}`;
  const blanks = `attachment;${' '.repeat(50_000)}filename${' '.repeat(50_000)}`;
  expect(named(hostile)).toBe(URL_NAME);
  expect(named(blanks)).toBe(URL_NAME);
});
