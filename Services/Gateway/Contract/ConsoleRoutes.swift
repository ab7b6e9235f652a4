import Contract

/// The console's files, for browsers.
public enum ConsoleRoutes {
    public static let all = files + [signIn]
    private static let files = [redirect, start, file, nestedFile]

    /// Files that a browser loads many of at once, the same for everyone and from memory.
    public static let ids = Set(files.map(\.id))

    public static let redirect = Endpoint(
        "getConsole", .get, "/console", access: .open,
        summary: "Redirect to the console", answers: .other("text/html", "Elsewhere."))
    public static let start = Endpoint(
        "getConsolePage", .get, "/console/", access: .open,
        summary: "Show the console", answers: .other("text/html", "The page."))
    public static let file = Endpoint(
        "getConsoleFile", .get, "/console/{file}", access: .open,
        summary: "Get a file of the console", answers: .other("text/javascript", "The file."))
    public static let nestedFile = Endpoint(
        "getNestedConsoleFile", .get, "/console/{folder}/{file}", access: .open,
        summary: "Get a file in a folder of the console",
        answers: .other("text/javascript", "The file."))
    public static let signIn = Endpoint(
        "getConsoleSignIn", .get, "/console/sign-in", access: .open,
        summary: "Lead to the identity provider, to sign in to the console",
        answers: .other("text/html", "A redirect."))
}
