package io.cioroutes.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Commands that say nothing but who: suppress, unsuppress, delete. */
final class PersonMapping implements Mapping {

    interface Action {
        Operation of(Person person) throws InvalidCommandException;
    }

    private final Action action;

    PersonMapping(Action action) {
        this.action = action;
    }

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.check(body, violations);
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        return List.of(action.of(Person.of(command.body())));
    }
}
