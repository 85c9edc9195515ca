package io.cioroutes.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/** Settings as everybody may see them. */
final class Masked {

    /** In the place of a secret. */
    static final String MASK = "***";

    /** Names of properties whose values are secrets; {@code headers} are those of an exporter, which carry its token. */
    private static final Pattern SECRET =
            Pattern.compile("(password|passphrase|secret|token|credentials?|headers?|keys?)(\\[\\d+]|\\..*)?$");

    /** The password of {@code //user:password@host}, or of {@code user:password@host} in a list of addresses. */
    private static final Pattern USER_INFO = Pattern.compile("((?:^|//|,)[^:/@,\\s]*):(?!//)[^,\\s]*@");

    /** A password among the parameters of a URI, as JDBC has them. */
    private static final Pattern PARAMETER =
            Pattern.compile("([?&;][^=&;]*(?:password|secret|token|key)[^=&;]*=)[^&;]+", Pattern.CASE_INSENSITIVE);

    private Masked() {}

    /**
     * The value, or as much of it as is no secret.
     *
     * @param name the property's name, which says whether all of it is one
     */
    static String value(String name, String value) {
        if (value.isEmpty()) {
            return value;
        }
        if (SECRET.matcher(name.toLowerCase(Locale.ROOT)).find()) {
            return MASK;
        }
        String withoutPassword = USER_INFO.matcher(value).replaceAll("$1:" + MASK + "@");
        return PARAMETER.matcher(withoutPassword).replaceAll("$1" + MASK);
    }
}
