import Contract

/// The page that stops mails about shares, for people and their mail programs.
public enum NotificationRoutes {
    public static let all = [showUnsubscribe, unsubscribe]

    public static let showUnsubscribe = Endpoint(
        "showUnsubscribe", .get, "/notifications/unsubscribe", access: .open,
        summary: "Show the page that stops e-mails about shares",
        answers: .other("text/html", "The page."))
    public static let unsubscribe = Endpoint(
        "unsubscribe", .post, "/notifications/unsubscribe", access: .open,
        summary: "Stop e-mails about shares, with the token of one (RFC 8058)",
        answers: .other("text/html", "The page."))
}

public enum NotificationLimits {
    /// Mails about shares that a user gets in a day; further shares are in a later one.
    public static let mailsPerDay = 20
    /// For how long the link in a mail works.
    public static let tokenDays: Int64 = 366
}
