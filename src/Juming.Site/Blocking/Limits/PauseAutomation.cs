using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Drive;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Limits;

/// <summary>The emergency stop: nothing is blocked any more without a person. What is blocked stays, and ends in its time.</summary>
internal sealed record PauseAutomation(PauseCause Cause = PauseCause.Person) : ICommand<Done>, INeeds<BlockingWrite>;

/// <summary>Lets automation go on; what waited goes on with it.</summary>
internal sealed record ResumeAutomation : ICommand<Done>, INeeds<BlockingProtect>;

/// <summary>Whether automation may block.</summary>
internal sealed record GetAutomation : IQuery<Automation>, INeeds<BlockingRead>;

/// <summary>How automation stands.</summary>
/// <param name="Paused">It may block nothing.</param>
/// <param name="Cause">Why it is paused.</param>
/// <param name="By">Who paused it, or let it go on.</param>
/// <param name="At">When.</param>
/// <param name="WithinHour">Blocks that it wished for within the hour.</param>
/// <param name="Most">How many it may.</param>
internal sealed record Automation(bool Paused, PauseCause? Cause, string? By, DateTimeOffset? At, int WithinHour, int Most);

file sealed class Handler(BlockingDb db, BlockTurn turn, CurrentActor current, BlockingSettings settings, TimeProvider clock) : ICommandHandler<PauseAutomation, Done>, ICommandHandler<ResumeAutomation, Done>, IQueryHandler<GetAutomation, Automation>
{
    public Task<Result<Done>> Handle(PauseAutomation request, CancellationToken cancellationToken) => Set(true, request.Cause, cancellationToken);

    public Task<Result<Done>> Handle(ResumeAutomation request, CancellationToken cancellationToken) => Set(false, PauseCause.Person, cancellationToken);

    public async Task<Result<Automation>> Handle(GetAutomation request, CancellationToken cancellationToken)
    {
        var brake = await db.Brakes.AsNoTracking().FirstOrDefaultAsync(cancellationToken);
        var since = clock.GetUtcNow().AddHours(-1);
        var wished = await db.Wishes.CountAsync(w => w.Automatic && w.At > since, cancellationToken);
        return new Automation(brake is { Paused: true }, brake is { Paused: true } ? brake.Cause : null, brake?.By, brake?.At, wished, settings.AutomaticPerHour);
    }

    private async Task<Result<Done>> Set(bool paused, PauseCause cause, CancellationToken ct)
    {
        using (await turn.Enter(ct))
        {
            var brake = await db.Brakes.FirstOrDefaultAsync(ct) ?? db.Add(new BrakeRow()).Entity;
            if (brake.Paused == paused && brake.At != default) return Done.Value;
            (brake.Paused, brake.Cause, brake.By, brake.At) = (paused, cause, current.Actor.Name, clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
        }
        turn.Ring();
        return Done.Value;
    }
}
