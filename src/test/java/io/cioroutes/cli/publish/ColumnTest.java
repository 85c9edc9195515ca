package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.cli.CliException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnTest {

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            # an id stays a text whatever it looks like
            userId               | 42                | {"userId":"42"}
            userId               | null              | {"userId":"null"}
            identifiers.id       | 007               | {"identifiers":{"id":"007"}}
            templateId           | 3                 | {"templateId":"3"}
            # but a boolean is one everywhere
            resubscribed         | true              | {"resubscribed":true}
            user.preferences.marketing | false       | {"user":{"preferences":{"marketing":false}}}
            # inside the open objects the look decides
            attrs.age            | 42                | {"attrs":{"age":42}}
            attrs.balance        | -0.10             | {"attrs":{"balance":-0.10}}
            data.price           | 1e3               | {"data":{"price":1000}}
            user.attrs.age       | 42                | {"user":{"attrs":{"age":42}}}
            options.tracked      | false             | {"options":{"tracked":false}}
            attributes.seats     | 5                 | {"attributes":{"seats":5}}
            attrs.gone           | null              | {"attrs":{"gone":null}}
            attrs.zip            | 01234             | {"attrs":{"zip":"01234"}}
            attrs.phone          | +15551234567      | {"attrs":{"phone":"+15551234567"}}
            attrs.card           | 4111111111111111  | {"attrs":{"card":"4111111111111111"}}
            attrs.plan           | True              | {"attrs":{"plan":"True"}}
            attrs.version        | 1.2.3             | {"attrs":{"version":"1.2.3"}}
            attrs.odd            | -                 | {"attrs":{"odd":"-"}}
            attrs.half           | .5                | {"attrs":{"half":".5"}}
            # a type decides
            attrs.zip:text       | 12345             | {"attrs":{"zip":"12345"}}
            attrs.level:number   | 007               | {"attrs":{"level":7}}
            attrs.active:boolean | t                 | {"attrs":{"active":true}}
            attrs.tags:json      | ["a","b"]         | {"attrs":{"tags":["a","b"]}}
            device.last_used:number | 1700000000     | {"device":{"last_used":1700000000}}
            # what is no type belongs to the name
            attrs.og:title       | x                 | {"attrs":{"og:title":"x"}}
            # a backslash keeps a dot
            attrs.cio_subscription_preferences\\.topics\\.topic_1 | true | {"attrs":{"cio_subscription_preferences.topics.topic_1":true}}
            """)
    void fillsTheFieldThatItIsNamedAfter(String header, String text, String body) throws Exception {
        Column column = Column.of(header);
        ObjectNode node = Rows.MAPPER.createObjectNode();

        column.set(node, column.value(text));

        assertThat(Rows.MAPPER.writeValueAsString(node)).isEqualTo(body);
    }

    @Test
    void leavesAnEmptyValueOut() throws Exception {
        assertThat(Column.of("attrs.plan").value("")).isNull();
        assertThat(Column.of("attrs.plan:number").value("")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"attrs.n:number,x", "attrs.b:boolean,maybe", "attrs.j:json,{", "attrs.j:json,1 2"})
    void saysWhatIsNotOfItsType(String header, String text) {
        assertThatThrownBy(() -> Column.of(header).value(text))
                .isInstanceOf(Column.WrongTypeException.class)
                .hasMessageStartingWith("is not")
                .hasMessageNotContaining(text);
    }

    @ParameterizedTest
    @CsvSource({"userId,userId", "attrs,attrs.plan", "attrs.plan,attrs", "attrs.plan,attrs.plan:text"})
    void refusesTwoColumnsForOneField(String one, String other) {
        assertThatThrownBy(() -> Column.all(List.of(one, other)))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("same field");
    }

    @ParameterizedTest
    @CsvSource({"' '", "attrs.", ".plan", "attrs..plan"})
    void refusesAHeaderThatNamesNoField(String header) {
        assertThatThrownBy(() -> Column.of(header))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("names no field");
    }
}
