using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Approvals.Answer;
using Juming.Site.Approvals.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Cards;

/// <summary>Takes answers that people gave by a button of a message, under the rules of every other way.</summary>
internal sealed class CardAnswers(ApprovalsDb db, AnswerBook book, IPeople people, IAuditTrail audit, CurrentActor current) : INoticeAnswers
{
    private const string Agree = "agree";

    // A no needs its reason, and a card has no place to write one: each button is a reason.
    private static readonly string[] Refusals = ["refuse-mistaken", "refuse-harm", "refuse-unsure"];

    public string Code => "approvals.asked";

    /// <summary>What may be pressed; nothing for what is of high risk: that takes a fresh code, and a messenger is no place for codes.</summary>
    public static IReadOnlyList<string> For(ApprovalRow approval) => approval.HighRisk ? [] : [Agree, .. Refusals];

    /// <summary>Identity of the question that a message asks.</summary>
    public static string AboutOf(Guid approval) => "approval:" + approval;

    public async Task<NoticeEnd?> Take(NoticeAnswer answer, CancellationToken ct)
    {
        var id = Guid.TryParse(answer.About.AsSpan(answer.About.IndexOf(':') + 1), out var parsed) ? parsed : Guid.Empty;
        var row = await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, ct);
        if (row is null || !For(row).Contains(answer.Key)) return Says("page");
        var person = (await people.Holding(ApprovalsAnswer.Code, ct)).FirstOrDefault(p => p.Id == answer.Person);
        if (person is null) return Says("not-yours");
        var agrees = answer.Key == Agree;
        var reason = agrees ? "" : ApprovalsTexts.Of("Reason." + answer.Key);
        var taken = await book.Take(new PersonsAnswer(id, person.Id, person.Name, agrees, reason, new Secret(""), answer.Way), ct);
        // The guard records that a button was pressed; whose yes or no it was only shows here.
        await audit.Append(new AuditEntry(nameof(AnswerApproval), ActorKind.Person, person.Id.ToString(), person.Name, current.Actor.Address,
            JsonSerializer.Serialize(new { approval = id, agree = agrees, reason, way = answer.Way }, JsonSerializerOptions.Web), taken.Error?.Code ?? "done"), ct);
        return taken.Error is { } error ? Refused(error) : taken.Value == ApprovalState.Asked ? Says("Asked") : null;
    }

    private static NoticeEnd? Refused(Error error) => error.Code switch
    {
        // Its end is shown to everybody.
        "approvals.over" or "approvals.too-late" => null,
        "approvals.answered-already" => Says("answered-already"),
        "approvals.own-request" => Says("own-request"),
        "approvals.not-yours" => Says("not-yours"),
        _ => Says("page"),
    };

    private static NoticeEnd Says(string key) => new(key, new Dictionary<string, string>());
}
