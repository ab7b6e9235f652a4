/// The colours of pages and mails on a light or a dark ground.
public struct Palette: Sendable {
    /// Text.
    public let ink: String
    /// Text of less weight.
    public let soft: String
    /// Behind text.
    public let paper: String
    /// Around the paper.
    public let ground: String
    /// Borders.
    public let line: String
    /// Buttons.
    public let accent: String
    /// The border of buttons: an accent that is hardly seen on the paper gets one that is.
    public let edge: String
    /// Text on buttons.
    public let onAccent: String
    /// Links and the ring around what has the focus.
    public let link: String
    /// A trace of the accent, behind what is selected.
    public let tint: String
    /// The border of what is wrong.
    public let wrong: String
    /// The mark of what went well.
    public let good: String
    /// Behind the logo, which is drawn for a light ground.
    public let plate: String

    /// Of the light appearance.
    public static func light(_ accent: Color) -> Palette {
        let paper = Color.white
        let tint = paper.mixed(with: accent, 0.1)
        let link = accent.readable(on: paper, tint, lightShade)
        let isSeen = accent.contrast(with: paper) >= Color.discernible
        return Palette(
            ink: "#1b1b1f", soft: "#5b5b66", paper: paper.text, ground: lightGround,
            line: "#c8c8d0", accent: accent.text, edge: (isSeen ? accent : link).text,
            onAccent: accent.ink.text, link: link.text, tint: tint.text, wrong: "#b3261e",
            good: "#1a7f37", plate: lightGround)
    }

    /// The accent is as light as links must be: a dark button would vanish.
    public static func dark(_ accent: Color) -> Palette {
        let tint = darkPaper.mixed(with: accent, 0.2)
        let light = accent.readable(on: darkPaper, tint, darkShade)
        return Palette(
            ink: "#ececf1", soft: "#a6a6b3", paper: darkPaper.text, ground: "#131317",
            line: "#44444f", accent: light.text, edge: light.text, onAccent: light.ink.text,
            link: light.text, tint: tint.text, wrong: "#ff8a80", good: "#5fce82",
            plate: lightGround)
    }

    private static let lightGround = "#f3f3f7"
    private static let darkPaper = Color("#1d1d23") ?? .black
    /// What the pointer is on, in the console; nothing behind a link is farther from the paper.
    private static let lightShade = Color("#eeeff4") ?? .white
    private static let darkShade = Color("#272b33") ?? .black
}
