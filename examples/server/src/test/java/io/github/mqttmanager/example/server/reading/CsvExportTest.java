package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvExportTest {
    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"})
    void whatASpreadsheetWouldCalculateIsText(String text) {
        assertThat(CsvExport.field(text)).isEqualTo("'" + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "temperature", "a=b", "a-b", "ü ✓", " spaced ", "ENERGY.Power"})
    void plainTextStaysAsItIs(String text) {
        assertThat(CsvExport.field(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a\"b", "a\nb", "a\r\nb", "=a,b", "\n"})
    void whatWouldBreakTheLineIsQuoted(String text) {
        String field = CsvExport.field(text);
        assertThat(field).startsWith("\"").endsWith("\"");
        String read = field.substring(1, field.length() - 1).replace("\"\"", "\"");
        assertThat(read.startsWith("'") ? read.substring(1) : read).isEqualTo(text);
    }
}
