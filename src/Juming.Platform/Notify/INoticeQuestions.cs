namespace Juming.Platform.Notify;

/// <summary>What people may answer by a button of a message. A button carries nothing but its key: the module that asks decides what it counts for.</summary>
/// <param name="About">Identity of what is asked, "approval:…", at most 100 characters.</param>
/// <param name="Answers">Keys of the buttons, at most five; resources hold <c>Answer.{key}</c>. None: the message only leads to the page, and still says how it ended.</param>
public sealed record NoticeQuestion(string About, IReadOnlyList<string> Answers);

/// <summary>Takes what people answered by a button. The module that asks puts one into the services.</summary>
public interface INoticeAnswers
{
    /// <summary>Code of the notices whose answers it takes.</summary>
    string Code { get; }

    /// <summary>Takes an answer. It may come late, twice, or from somebody who may not answer any more.</summary>
    /// <returns>What the message says to this person now; null when the end of what was asked will say it.</returns>
    Task<NoticeEnd?> Take(NoticeAnswer answer, CancellationToken ct);
}

/// <summary>An answer by a button.</summary>
/// <param name="About">Identity of what was asked.</param>
/// <param name="Key">Key of the button; whoever controls the messenger's account chooses it.</param>
/// <param name="Person">Whose message it was, and who has shown that the messenger's account is theirs.</param>
/// <param name="Way">"wecom".</param>
public sealed record NoticeAnswer(string About, string Key, Guid Person, string Way);

/// <summary>What a message with buttons says instead of them.</summary>
/// <param name="Key">Resources of the notice's kind hold <c>Card.{key}</c>, a few words.</param>
/// <param name="Private">Values of its places; masked where the channel does not reveal them.</param>
public sealed record NoticeEnd(string Key, IReadOnlyDictionary<string, string> Private);

/// <summary>Tells that what was asked has ended: messages that still show buttons say so.</summary>
public interface INoticeQuestions
{
    /// <summary>Ends it, once; durable when it returns.</summary>
    Task End(string about, NoticeEnd end, CancellationToken ct);
}
