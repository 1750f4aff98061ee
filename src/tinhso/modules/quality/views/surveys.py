"""Surveys."""
from django.http import HttpResponse
def surveys(request): return HttpResponse()
make=survey=act_on=call=interview=answer=surveys
