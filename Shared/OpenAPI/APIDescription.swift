import Contract

/// The whole API, from the declarations that serve it: made once at start, and written as OpenAPI
/// (`document`) and as pages to read (`reference`).
public struct APIDescription: Sendable {
    struct Tag {
        let group: EndpointGroup
        let operations: [Operation]
    }

    /// The product's name and version, and the look of the pages.
    public let frame: PageFrame
    /// Where clients reach it; `/` where that is not known.
    public let server: String
    /// The API in one line of JSON, always the same for the same declarations.
    public let document: [UInt8]
    /// The same as pages.
    public let reference: Reference
    /// Pages about the problems.
    public let problems: ProblemPages

    /// - Parameters:
    ///   - own: what the gateway answers itself.
    ///   - forwarded: what other services answer through it.
    ///   - pages: what it serves to people, last.
    ///   - notices: what subscribers are sent.
    ///   - scopes: what tokens can have.
    ///   - quickStart: the beginning of the reference.
    ///   - frame: of the pages; the document is Latchkey's, whoever the product is.
    /// - Throws: `UnknownShape` for a declaration of which no document can be made.
    public init(
        own: [EndpointGroup], forwarded: [EndpointGroup], pages: EndpointGroup,
        notices: [Notice] = [], scopes: [ScopeMeaning] = [], quickStart: QuickStart = .none,
        frame: PageFrame, server: String?
    ) throws {
        self.frame = frame
        self.server = server ?? "/"
        let groups = own.map { ($0, false) } + forwarded.map { ($0, true) } + [(pages, false)]
        let tags = try groups.map { group, isForwarded in
            Tag(
                group: group,
                operations: try group.endpoints.map {
                    try Operation($0, in: group, isForwarded: isForwarded)
                })
        }
        let tree = try Document(tags, notices, version: frame.version, server: self.server).tree
        document = Array(tree.text.utf8)
        problems = ProblemPages(tags, in: frame)
        reference = try Reference(
            tags, notices, scopes, quickStart, problems, in: frame, server: self.server)
    }
}
