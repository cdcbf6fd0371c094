"""The types: case, recommendation, fusion, errors. They import nothing of ntrkpath and do no input or output."""
