import Kernel

/// Runs `count` bodies at once; how many succeeded, and the codes of the others.
public func race(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
) async -> (succeeded: Int, codes: [String]) {
    await withTaskGroup(of: String?.self) { group in
        for index in 0..<count {
            group.addTask {
                do {
                    try await body(index)
                    return nil
                } catch {
                    return (error as? Fault)?.code ?? "\(error)"
                }
            }
        }
        var codes: [String] = []
        for await code in group { if let code { codes.append(code) } }
        return (count - codes.count, codes)
    }
}
