import Kernel
import Testing

/// The error of type `E` that `body` throws; nil if it throws none. Any other error fails the test:
/// it is neither the refusal that a test expects nor the success.
public func caught<E: Error, T>(
    _ type: E.Type, fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column, _ body: () async throws -> T
) async -> E? {
    do {
        _ = try await body()
        return nil
    } catch {
        let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
        return expected(type, error, place)
    }
}

public func caught<E: Error, T>(
    _ type: E.Type, fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column, _ body: () throws -> T
) -> E? {
    do {
        _ = try body()
        return nil
    } catch {
        let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
        return expected(type, error, place)
    }
}

private func expected<E: Error>(
    _ type: E.Type, _ error: any Error, _ place: SourceLocation
) -> E? {
    if let error = error as? E { return error }
    Issue.record(error, "not a \(type), nor a success", sourceLocation: place)
    return nil
}

/// What `body` answers; nil if it refuses with this code. Any other error fails the test.
public func value<T>(
    unless code: String, fileID: String = #fileID, filePath: String = #filePath,
    line: Int = #line, column: Int = #column, _ body: () async throws -> T
) async -> T? {
    var value: T?
    let refusal = await fault(fileID: fileID, filePath: filePath, line: line, column: column) {
        value = try await body()
    }
    if let refusal, refusal.code != code {
        let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
        Issue.record(refusal, "not \(code)", sourceLocation: place)
    }
    return value
}

/// The fault that `body` throws; nil if it throws none.
public func fault<T>(
    fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column, _ body: () async throws -> T
) async -> Fault? {
    await caught(
        Fault.self, fileID: fileID, filePath: filePath, line: line, column: column, body)
}

public func fault<T>(
    fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column, _ body: () throws -> T
) -> Fault? {
    caught(Fault.self, fileID: fileID, filePath: filePath, line: line, column: column, body)
}
