package io.cioroutes.cli.publish;

import io.cioroutes.cli.CliException;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A table with a header row, in UTF-8; fields between commas or, where the header has none, semicolons or tabs. */
final class CsvInput implements Input {
    private static final int HEADER_CHARS = 32 * 1024;

    private final Bytes bytes;
    private final Limit limit;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final List<Column> columns;

    CsvInput(Bytes bytes) throws IOException {
        this.bytes = bytes;
        this.limit = new Limit(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
        this.parser = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter(limit))
                // They are skipped here, so that the numbers of lines stay right.
                .setIgnoreEmptyLines(false)
                .get()
                .parse(limit);
        this.records = parser.iterator();
        CSVRecord header = read();
        if (header == null) {
            throw CliException.usage(
                    "The CSV is empty. Its first row must name the columns, for example userId.", null);
        }
        this.columns = Column.all(header.toList());
    }

    /** The separator that occurs in the header row. */
    private static char delimiter(Limit reader) throws IOException {
        String header = reader.firstLine();
        if (header.indexOf(',') >= 0) {
            return ',';
        }
        return header.indexOf(';') >= 0 ? ';' : header.indexOf('\t') >= 0 ? '\t' : ',';
    }

    @Override
    public Line next() throws IOException {
        long number;
        CSVRecord row;
        do {
            number = parser.getCurrentLineNumber() + 1;
            row = read();
            if (row == null) {
                return null;
            }
        } while (isBlank(row));
        if (row.size() != columns.size()) {
            return Line.broken(number, "", "has " + row.size() + " values, the header has " + columns.size());
        }
        CSVRecord values = row;
        return Rows.line(number, columns, i -> columns.get(i).value(values.get(i)));
    }

    private static boolean isBlank(CSVRecord row) {
        return row.size() == 1 && row.get(0).isEmpty();
    }

    private CSVRecord read() throws IOException {
        limit.reset(parser.getCurrentLineNumber() + 1);
        try {
            return records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalStateException e) {
            // So the parser wraps what it met while looking ahead.
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e;
        }
    }

    @Override
    public long size() {
        return bytes.size();
    }

    @Override
    public long position() {
        return bytes.position();
    }

    @Override
    public String fingerprint() {
        return bytes.fingerprint();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    /** Ends the reading when a record does not end: a quote that is never closed would take the whole file into memory. */
    private static final class Limit extends FilterReader {
        private long line = 1;
        private long read;

        Limit(Reader in) {
            super(new BufferedReader(in, HEADER_CHARS));
        }

        void reset(long newLine) {
            line = newLine;
            read = 0;
        }

        String firstLine() throws IOException {
            in.mark(HEADER_CHARS);
            char[] start = new char[HEADER_CHARS];
            int length = Math.max(0, readChars(start, 0, HEADER_CHARS));
            in.reset();
            return new String(start, 0, length).lines().findFirst().orElse("");
        }

        @Override
        public int read(char[] chars, int off, int len) throws IOException {
            int count = readChars(chars, off, len);
            read += Math.max(0, count);
            if (read > MAX_BYTES) {
                throw new IOException("the record at line " + line + " does not end within " + MAX_BYTES
                        + " characters: is a quote missing?");
            }
            return count;
        }

        private int readChars(char[] chars, int off, int len) throws IOException {
            try {
                return in.read(chars, off, len);
            } catch (CharacterCodingException e) {
                throw new IOException("the file is not UTF-8, at or after line " + line, e);
            }
        }

        @Override
        public int read() throws IOException {
            char[] one = new char[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }
    }
}
