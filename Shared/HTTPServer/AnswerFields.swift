import HTTPCore

/// Fields that belong to an answer whoever gives it, and in whichever way. A value of up to three
/// words costs no allocation.
public protocol AnswerFields: Sendable {
    /// Writes whole field lines, when the answer's head is written.
    func write(for head: RequestHead, into out: inout ByteBuffer)
}
