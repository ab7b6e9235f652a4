import Kernel

/// Prevents links in text of users in our mails. Mail clients turn text that looks like a link into
/// one, so a name such as `www.evil.example/login` would send a stranger's link in our name. GitLab
/// defuses names in its mails for the same reason (`EmailsHelper#sanitize_name`).
///
/// Characters that make a link are replaced by similar ones: a dot before a letter by U+2024 (one
/// dot leader), `://` by `: //`, `\\` by `\ \`. Everything else stays: `2.0`, `e. g.`, `Dr. No`.
public enum Unlinked {
    /// `text` without anything that mail programs turn into a link.
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

    /// Whether a dot (or what browsers treat as one, UTS #46) can be part of a host's name. The
    /// ideographic full stop ends sentences without a following space.
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
