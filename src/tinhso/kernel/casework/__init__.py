"""
Casework: something comes in, goes through steps with people and clocks, and ends in a result.

A flow is a BPMN 2.0 file of a stated subset, compiled to a graph (`bpmn`); pure functions move tokens over it (`engine`);
tables hold cases, tokens, tasks and timers, so that a worklist or a proof is a query. What a flow needs from elsewhere is
lent: services (`tasks.ServiceTask`), the catalogue of procedures (`services.ServiceCatalogue`). Enter by `public.py`.
"""
