using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using MediatR;
using Microsoft.AspNetCore.Components;

namespace Juming.Platform.Web;

/// <summary>What every page of the console has: a way to ask, the refusal that came back, and the address as the place where its state lives.</summary>
public abstract class ConsolePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>The way in to handlers.</summary>
    [Inject] protected Sender Sender { get; set; } = null!;

    /// <summary>The address.</summary>
    [Inject] protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>The clock.</summary>
    [Inject] protected TimeProvider Clock { get; set; } = null!;

    /// <summary>Who is signed in.</summary>
    [Inject] protected IActorSource Actors { get; set; } = null!;

    /// <summary>Ends when the page is left; a search that nobody waits for stops with it.</summary>
    protected CancellationToken Gone => _gone.Token;

    /// <summary>Something is being loaded.</summary>
    protected bool Loading { get; private set; }

    /// <summary>The last refusal, or null.</summary>
    protected Error? Problem { get; set; }

    /// <summary>The last refusal in the reader's language.</summary>
    protected string? ProblemText => Problem is null ? null : ErrorTexts.Of(Problem);

    /// <summary>Sends a request; a refusal ends up in <see cref="Problem"/> and the answer is null.</summary>
    protected async Task<T?> Ask<T>(IRequest<Result<T>> request) where T : class
    {
        Loading = true;
        try
        {
            var result = await Sender.Send(request, Gone);
            Problem = result.Error;
            return result.Succeeded ? result.Value : null;
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Loading = false;
        }
    }

    /// <summary>Sends a command; true when it was done.</summary>
    protected async Task<bool> Do(IRequest<Result<Done>> command)
    {
        var result = await Sender.Send(command, Gone);
        Problem = result.Error;
        return result.Succeeded;
    }

    /// <summary>Looks again and again until the page is left.</summary>
    /// <param name="pause">Time between two looks.</param>
    /// <param name="look">Runs where rendering is allowed.</param>
    protected async Task Every(TimeSpan pause, Func<Task> look)
    {
        using var timer = new PeriodicTimer(pause, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Gone)) await InvokeAsync(look);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    /// <summary>The address of this page with some of its query changed; null removes a name.</summary>
    protected string Here(params (string Name, object? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(c => c.Name, c => (object?)c.Value?.ToString()));

    /// <summary>A whole number as people read it.</summary>
    protected static string Count(long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }
}
