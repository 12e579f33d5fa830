using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>Hash-chained record of every command and of every look at raw data.</summary>
public interface IAuditTrail
{
    /// <summary>Adds an entry; durable when it returns.</summary>
    Task Append(AuditEntry entry, CancellationToken ct);

    /// <summary>Adds an entry unless the same act of the same caller was recorded in the last ten minutes.</summary>
    Task AppendOnce(AuditEntry entry, CancellationToken ct) => Append(entry, ct);
}

/// <summary>One audited act.</summary>
/// <param name="Action">Stable name: the request's type.</param>
/// <param name="ActorKind">Who: kind.</param>
/// <param name="ActorId">Who: identity.</param>
/// <param name="ActorName">Who: name at that time.</param>
/// <param name="Address">From where, or null.</param>
/// <param name="Arguments">The request as JSON without secrets, cut at 8 KiB.</param>
/// <param name="Outcome">"done", the code of the refusal, or "failed" or "cancelled" for an act that broke off.</param>
public sealed record AuditEntry(string Action, ActorKind ActorKind, string ActorId, string ActorName, string? Address, string Arguments, string Outcome)
{
    private const int MostArguments = 8 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The entry of a request.</summary>
    public static AuditEntry Of(object request, string action, Actor actor, Error? refusal)
    {
        var arguments = JsonSerializer.Serialize(request, request.GetType(), Json);
        if (arguments.Length > MostArguments) arguments = JsonSerializer.Serialize(new { cut = true, head = arguments[..(MostArguments - 64)] });
        return new AuditEntry(action, actor.Kind, actor.Id, actor.Name, actor.Address, arguments, refusal?.Code ?? "done");
    }
}
