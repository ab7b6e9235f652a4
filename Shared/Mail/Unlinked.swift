import Kernel

/// Text of users on its way into a mail of ours. Clients of mail make links of what looks like
/// one, so a name such as `www.evil.example/login` would put a link of somebody else's into our
/// mail, to people whom we never asked. GitLab defuses names in its mails for the same reason
/// (`EmailsHelper#sanitize_name`).
///
/// What makes a link is replaced by what looks alike and makes none: a dot before a letter by
/// U+2024 (one dot leader), `://` by `: //`, `\\` by `\ \`. Everything else stays: `2.0`, `e. g.`,
/// `Dr. No`.
public enum Unlinked {
    public static func text(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = scalars[(index + 1)...].first { !isInvisible($0) }
            switch scalar {
            case ".", "\u{FF0E}", "\u{FF61}", "\u{3002}":
                let isInName = joins(scalar, out.last, next)
                out.append(isInName ? oneDotLeader : scalar)
            case ":":
                out.append(scalar)
                if next == "/" || next == "\\" { out.append(" ") }
            case "\\":
                out.append(scalar)
                if next == "\\" { out.append(" ") }
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// Whether a dot (of those that browsers take for one, UTS #46) can stand in the name of a
    /// host. The ideographic full stop ends sentences, without a space behind it.
    private static func joins(
        _ dot: Unicode.Scalar, _ before: Unicode.Scalar?, _ next: Unicode.Scalar?
    ) -> Bool {
        guard let before, let next, !before.properties.isWhitespace else { return false }
        if dot == "\u{3002}" { return next.isASCII && next.properties.isAlphabetic }
        return next.properties.isAlphabetic
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint
    }

    private static let oneDotLeader: Unicode.Scalar = "\u{2024}"
}
