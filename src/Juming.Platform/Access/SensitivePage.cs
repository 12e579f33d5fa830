using Juming.Platform.Handlers;
using Juming.Platform.Web;
using MediatR;

namespace Juming.Platform.Access;

/// <summary>A page with acts that need a recent proof of identity: the proof is asked in place and the act goes on with what was typed.</summary>
public abstract class SensitivePage : ConsolePage
{
    private Func<Task>? _waiting;

    /// <summary>The page asks for password and code before it goes on.</summary>
    protected bool MustConfirm => _waiting is not null;

    /// <summary>Sends a command; when identity must be proved first, the page asks and then does <paramref name="done"/>.</summary>
    protected async Task Act<T>(IRequest<Result<T>> command, Func<T, Task> done)
    {
        var result = await Sender.Send(command, Gone);
        if (result.Error?.Code == AccessErrors.ConfirmFirst.Code)
        {
            (_waiting, Problem) = (() => Act(command, done), null);
            return;
        }
        Problem = result.Error;
        if (result.Succeeded) await done(result.Value);
    }

    /// <summary>Goes on with the act that waited.</summary>
    protected async Task Confirmed()
    {
        var act = _waiting;
        _waiting = null;
        if (act is not null) await act();
    }

    /// <summary>Forgets the act that waited.</summary>
    protected void NotConfirmed() => _waiting = null;
}
