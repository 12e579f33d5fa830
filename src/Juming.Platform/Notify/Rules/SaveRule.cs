using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Rules;

/// <summary>Makes or changes a rule.</summary>
internal sealed record SaveRule : ICommand<Guid>, INeeds<NotifyWrite>
{
    /// <summary>The rule; null for a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The version that was changed.</summary>
    public Guid? Stamp { get; init; }
    public required string Name { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>Codes, or their beginnings with a star; none for all.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];
    public NoticeWeight LeastWeight { get; init; } = NoticeWeight.Urgent;
    public IReadOnlyList<Role> Roles { get; init; } = [];
    public IReadOnlyList<Guid> People { get; init; } = [];

    /// <summary>In their order.</summary>
    public IReadOnlyList<Guid> Channels { get; init; } = [];
    public bool Escalates { get; init; }
    public IReadOnlyList<Guid> Leaders { get; init; } = [];

    /// <summary>Minutes of the day in the site's zone; both or none.</summary>
    public int? QuietFrom { get; init; }
    public int? QuietTo { get; init; }
}

/// <summary>Ends a rule.</summary>
internal sealed record RemoveRule(Guid Id) : ICommand<Done>, INeeds<NotifyWrite>;

file sealed class Validator : AbstractValidator<SaveRule>
{
    private const int Day = 1439;

    public Validator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.Codes).Must(c => c.Count <= 50 && c.All(x => x.Length is > 0 and <= 100 && x.All(l => char.IsAsciiLetterLower(l) || char.IsAsciiDigit(l) || l is '.' or '-' or '*')));
        RuleFor(r => r.LeastWeight).IsInEnum();
        RuleForEach(r => r.Roles).IsInEnum();
        RuleFor(r => r.Channels).Must(c => c.Count is > 0 and <= 10 && c.Distinct().Count() == c.Count);
        RuleFor(r => r.People).Must(p => p.Count <= 200);
        RuleFor(r => r.Leaders).Must(p => p.Count <= 50);
        RuleFor(r => r.QuietFrom).InclusiveBetween(0, Day).When(r => r.QuietFrom is not null);
        RuleFor(r => r.QuietTo).InclusiveBetween(0, Day).When(r => r.QuietTo is not null);
        RuleFor(r => r).Must(r => r.QuietFrom is null == r.QuietTo is null).OverridePropertyName("QuietTo");
    }
}

file sealed class SaveHandler(NotifyDb db, TimeProvider clock) : ICommandHandler<SaveRule, Guid>
{
    public async Task<Result<Guid>> Handle(SaveRule request, CancellationToken ct)
    {
        var row = request.Id is { } id ? await db.Rules.SingleOrDefaultAsync(r => r.Id == id, ct) : new RuleRow { Name = "", Enabled = true, Codes = "", LeastWeight = 0, Body = "{}", ChangedAt = default };
        if (row is null) return NotifyErrors.NoSuchRule;
        if (request.Id is not null && request.Stamp != row.Stamp) return NotifyErrors.Stale;
        var name = request.Name.Trim();
        if (await db.Rules.AnyAsync(r => r.Name == name && r.Id != row.Id, ct)) return NotifyErrors.NameTaken;
        if (await db.Channels.CountAsync(c => request.Channels.Contains(c.Id), ct) != request.Channels.Count) return NotifyErrors.NoSuchChannel;
        (row.Name, row.Enabled, row.Codes, row.LeastWeight) = (name, request.Enabled, string.Join(',', request.Codes), (int)request.LeastWeight);
        row.Body = new RuleBody([.. request.Roles.Distinct()], [.. request.People.Distinct()], request.Channels, request.Escalates, [.. request.Leaders.Distinct()], request.QuietFrom, request.QuietTo).Write();
        (row.ChangedAt, row.Stamp) = (clock.GetUtcNow(), Guid.CreateVersion7());
        if (request.Id is null) db.Add(row);
        await db.SaveChangesAsync(ct);
        return row.Id;
    }
}

file sealed class RemoveHandler(NotifyDb db) : ICommandHandler<RemoveRule, Done>
{
    public async Task<Result<Done>> Handle(RemoveRule request, CancellationToken ct)
    {
        if (await db.Rules.SingleOrDefaultAsync(r => r.Id == request.Id, ct) is not { } row) return NotifyErrors.NoSuchRule;
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}
