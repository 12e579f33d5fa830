using System.Text.Json;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Session;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Effects;

/// <summary>What was done on a host, the latest first. Output of commands may hold what is private on a host: looking is recorded.</summary>
internal sealed record ListEffects : IQuery<EffectPage>, INeeds<SshRead>, IAudited
{
    /// <summary>One host.</summary>
    public Guid? Host { get; init; }

    /// <summary>One template.</summary>
    public string? Command { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page.</summary>
    public int Take { get; init; } = 20;
}

/// <summary>Effects, and how many fit.</summary>
internal sealed record EffectPage(IReadOnlyList<EffectView> Items, int Total);

/// <summary>What was done on a host.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Host">Name of the host.</param>
/// <param name="Command">Name of the template.</param>
/// <param name="Version">Its version.</param>
/// <param name="Inputs">Values of its parameters.</param>
/// <param name="State">How far it is.</param>
/// <param name="Changed">The host was changed; false when it was as wanted already, or was only read.</param>
/// <param name="Was">What was before; attacker-controlled.</param>
/// <param name="Code">Code of why it failed; empty when it did not.</param>
/// <param name="Output">What the command wrote; attacker-controlled.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="By">Who did it: a run's number, or a person.</param>
internal sealed record EffectView(Guid Id, string Host, string Command, int Version, IReadOnlyDictionary<string, string> Inputs, EffectState State, bool Changed, string Was, string Code, string Output, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string By);

file sealed class Validator : AbstractValidator<ListEffects>
{
    public Validator()
    {
        RuleFor(q => q.Command).MaximumLength(60);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 100);
    }
}

file sealed class Handler(SshDb db) : IQueryHandler<ListEffects, EffectPage>
{
    public async Task<Result<EffectPage>> Handle(ListEffects request, CancellationToken cancellationToken)
    {
        var found = db.Effects.AsNoTracking();
        if (request.Host is { } host) found = found.Where(e => e.HostId == host);
        if (request.Command is { Length: > 0 } command) found = found.Where(e => e.Command == command);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderByDescending(e => e.StartedAt).ThenByDescending(e => e.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new EffectPage([.. rows.Select(Of)], total);
    }

    private static EffectView Of(EffectRow row) => new(row.Id, row.HostName, row.Command, row.CommandVersion, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Inputs)!, row.State, row.Changed, row.Was.Length == 0 ? "" : RemoteReading.Shown(row.Was) ?? "", row.Code, row.Output, row.StartedAt, row.EndedAt, row.By);
}
